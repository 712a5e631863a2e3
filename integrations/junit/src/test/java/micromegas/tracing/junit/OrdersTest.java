package micromegas.tracing.junit;

import static org.assertj.core.api.Assertions.assertThat;

import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.Test;

// example: junit
@RecordTelemetry
class OrdersTest {
  @Test
  void anOrderIsPlaced(RecordedTelemetry telemetry) {
    Samples.place(7);
    assertThat(telemetry.logs()).extracting(RecordedLog::text).contains("order 7");
  }
}
// end
