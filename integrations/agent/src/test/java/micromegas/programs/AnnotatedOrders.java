package micromegas.programs;

import java.util.concurrent.CompletableFuture;
import micromegas.tracing.Span;

/// The example of the documentation.
final class AnnotatedOrders {
  private String stored = "";

  // example: annotated
  @Span
  String place(String order) {
    return store(order);
  }

  @Span(name = "send mail")
  CompletableFuture<String> notifyCustomer(String order) {
    return CompletableFuture.supplyAsync(() -> "sent " + store(order));
  }

  // end

  private synchronized String store(String order) {
    stored = order;
    return stored;
  }
}
