package micromegas.tracing.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Records the logs, spans and metrics of each test, and shows them with its failure: as a
/// suppressed exception, which every report prints, and as the report entry `telemetry`. A test may
/// also take them as a parameter of type [RecordedTelemetry].
///
/// ```java
/// @RecordTelemetry
/// class OrdersTest {
///   @Test
///   void anOrderIsPlaced(RecordedTelemetry telemetry) {
///     orders.place(7);
///     assertThat(telemetry.logs()).extracting(RecordedLog::text).contains("order 7 placed");
///   }
/// }
/// ```
///
/// Everything counts that the process records from before `@BeforeEach` until after `@AfterEach`,
/// on whatever thread, so that such tests do not run at the same time as each other (they share a
/// resource lock). If no telemetry runs, it is started for the class with all levels and spans, and
/// gives way to one that the application starts; if one runs, it is listened to, with the levels it
/// has.
///
/// The configuration parameter `micromegas.junit.lines` limits the logs, the spans and the metrics
/// that are shown of a test, 100 of each by default; of logs and spans the last ones count.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(TelemetryExtension.class)
@ResourceLock("micromegas.tracing")
public @interface RecordTelemetry {}
