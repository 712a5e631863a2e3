package micromegas.examples.springboot;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Orders and their prices.
@RestController
class Orders {
  private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

  private final Prices prices;
  private final Timer priced;

  Orders(Prices prices, MeterRegistry registry) {
    this.prices = prices;
    priced = registry.timer("orders.priced", "currency", "EUR");
  }

  @GetMapping("/orders/{id}")
  String order(@PathVariable("id") int id) {
    long cents = priced.record(() -> prices.of(id));
    LOG.info("order {} costs {} cents", id, cents);
    return cents + "\n";
  }
}
