package micromegas.examples.jfr;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import micromegas.tracing.Telemetry;
import micromegas.tracing.jfr.JfrRecorder;
import micromegas.tracing.jfr.JfrSettings;

/// Places orders while the stock is counted, and sends to a server what happened.
public final class SlowOrders {
  private static final Duration COUNTING = Duration.ofMillis(200);

  private SlowOrders() {}

  /// @param arguments the address of the ingestion server
  public static void main(String[] arguments) throws InterruptedException {
    String process = run(URI.create(arguments[0]));
    System.out.println(query(process));
  }

  /// @return the id of the process, when everything has been sent
  static String run(URI server) throws InterruptedException {
    try (Telemetry telemetry = Telemetry.builder().server(server).spans(true).start();
        JfrRecorder recorder = JfrRecorder.start(JfrSettings.DEFAULTS)) {
      placeOrders();
      return telemetry.process().processId().toString();
    }
  }

  private static void placeOrders() throws InterruptedException {
    Orders orders = new Orders();
    Thread customer = new Thread(orders::place, "customer");
    synchronized (orders) {
      customer.start();
      orders.count(customer, COUNTING);
    }
    customer.join();
    System.gc();
  }

  /// The query that finds what slow spans waited for.
  static String query(String process) {
    try (InputStream in = SlowOrders.class.getResourceAsStream("slow_spans.sql")) {
      if (in == null) {
        throw new IllegalStateException("no slow_spans.sql");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("PROCESS", process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
