package micromegas.programs;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.logging.Logger;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Log;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.Telemetry;

/// A program that records natively, beside OpenTelemetry's agent, and makes spans of
/// OpenTelemetry's API as well.
public final class NativeClient {
  private static final AsyncSpanSite WORK = Sites.here().asyncSpan("work");
  private static final Log LOG = Log.of("native");

  private NativeClient() {}

  public static void main(String[] arguments) throws Exception {
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(new PrintingSink("application"))
            .spans(true)
            .jvmPeriod(Duration.ZERO)
            .start()) {
      WORK.call(() -> {
        Span span = GlobalOpenTelemetry.getTracer("program").spanBuilder("manual").startSpan();
        try (Scope scope = span.makeCurrent()) {
          LOG.info("inside {}", SpanContext.currentId() != 0);
          int status = Client.get(arguments[0]);
          Logger.getLogger("program").warning("answer " + status);
          return status;
        } finally {
          span.end();
        }
      });
      telemetry.flush(Duration.ofSeconds(30));
      System.out.println("losses " + telemetry.losses());
    }
  }
}
