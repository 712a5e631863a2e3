package micromegas.examples.springboot;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// A job.
@Component
class StockReport {
  private static final Logger LOG = LoggerFactory.getLogger(StockReport.class);

  @Scheduled(fixedRate = 5_000)
  void report() {
    LOG.info("stock is fine");
  }
}
