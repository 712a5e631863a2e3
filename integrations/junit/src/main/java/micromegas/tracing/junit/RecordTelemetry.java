package micromegas.tracing.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

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
/// Everything counts that is recorded from before `@BeforeEach` until after `@AfterEach` by the
/// thread of the test, by tasks that carry its span context ([micromegas.tracing.SpanContext#wrap],
/// the Java agent, structured concurrency), and by threads of which nobody knows what they work
/// for. What belongs to another test is left out, so that such tests may run at the same time; what
/// is of unknown origin is shown apart then.
///
/// If no telemetry runs, it is started for the classes that need it, with all levels and spans, and
/// gives way to one that the application starts; if one runs, it is listened to, with the levels it
/// has. There is one telemetry per process: tests that start or close it themselves must run alone
/// (`@Isolated`).
///
/// The configuration parameter `micromegas.junit.lines` limits the logs, the spans and the metrics
/// that are shown of a test, 100 of each by default; of logs and spans the last ones count.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(TelemetryExtension.class)
public @interface RecordTelemetry {}
