package micromegas.server.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import micromegas.transit.LogDescriptor;
import micromegas.transit.MetricDescriptor;
import micromegas.transit.PropertySet;

/// The log statements, metrics and property sets of the shop; each made once. Immutable.
final class Statements {
  static final List<String> ROUTES = List.of("/browse", "/search", "/cart", "/checkout");
  static final int CHECKOUT = 3;

  static final LogDescriptor OPENED = log("worker is open for business", "shop::worker", 21, 4);
  static final LogDescriptor REQUEST = log("{method} {route} -> {status}", "shop::http", 58, 4);
  static final LogDescriptor CACHE = log("cache lookup {key}: {outcome}", "shop::cache", 33, 5);
  static final LogDescriptor SPAN = log("parsed request in {micros} us", "shop::http", 44, 6);
  static final LogDescriptor RETRY = log("payment attempt {n} failed", "shop::payment", 90, 3);
  static final LogDescriptor DECLINED = log("payment refused: {reason}", "shop::payment", 97, 2);
  static final LogDescriptor CIRCUIT = log("circuit breaker open", "shop::payment", 120, 1);

  static final MetricDescriptor DURATION = metric("request_duration", "ms", 60);
  static final MetricDescriptor ITEMS = metric("items_in_cart", "count", 72);
  static final MetricDescriptor QUEUE = metric("queue_depth", "requests", 80);
  static final MetricDescriptor BYTES = metric("response_size", "bytes", 84);

  private final List<PropertySet> routes = new ArrayList<>();
  private final List<PropertySet> failures = new ArrayList<>();

  Statements(String worker) {
    for (String route : ROUTES) {
      routes.add(PropertySet.of(Map.of("route", route, "worker", worker)));
    }
    for (String reason : List.of("provider timeout", "card declined", "fraud check")) {
      failures.add(PropertySet.of(Map.of("reason", reason, "worker", worker)));
    }
  }

  PropertySet route(int index) {
    return routes.get(index);
  }

  PropertySet failure(int index) {
    return failures.get(index);
  }

  private static LogDescriptor log(String format, String target, int line, int level) {
    return new LogDescriptor(format, target, target, "src/shop.rs", line, level);
  }

  private static MetricDescriptor metric(String name, String unit, int line) {
    return new MetricDescriptor(name, unit, "shop::http", "src/shop.rs", line, 1);
  }
}
