package micromegas.programs;

import java.util.concurrent.CompletableFuture;

/// Calls the methods of [WovenMethods].
public final class SpansProgram {
  private SpansProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    WovenMethods methods = new WovenMethods(0);
    report.print("constructor");
    methods.plain();
    report.print("plain");
    System.out.println("branching " + methods.branching(5, 10, 2.5));
    report.print("branching");
    System.out.println("throwing " + methods.throwing(false));
    try {
      methods.throwing(true);
    } catch (IllegalArgumentException e) {
      StackTraceElement top = e.getStackTrace()[0];
      System.out.println("thrown " + e.getMessage() + " in " + top.getMethodName());
    }
    report.print("throwing");
    CompletableFuture<String> trigger = new CompletableFuture<>();
    CompletableFuture<String> later = methods.later(trigger);
    trigger.complete("now");
    System.out.println(later.join());
    report.print("later");
    try {
      methods.failing();
    } catch (IllegalStateException e) {
      System.out.println("failed " + e.getMessage());
    }
    System.out.println("nothing " + methods.nothing());
    report.print("failing");
    System.out.println(methods.named() + methods.accessor());
    methods.foreign();
    report.print("patterns");
    AnnotatedOrders orders = new AnnotatedOrders();
    System.out.println(orders.place("one") + " " + orders.notifyCustomer("two").join());
    report.print("orders");
  }
}
