package micromegas.benchmarks.instrumentation;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import micromegas.benchmarks.instrumentation.Operation.Prepared;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/// What others offer for the same purpose, set up as their documentation advises, with targets that
/// count and drop.
final class PeerOperations {
  /// Says for each batch what was dropped, which only makes a span cheaper.
  private static final Logger DROPPED = Logger.getLogger(BatchSpanProcessor.class.getName());

  private static long number;

  private PeerOperations() {}

  @StackTrace(false)
  private static final class Work extends Event {}

  static Prepared flightRecorder() {
    Recording recording = new Recording();
    recording.enable(Work.class).withoutStackTrace().withoutThreshold();
    recording.setMaxSize(64 << 20);
    recording.start();
    return new Prepared(
        OwnOperations.batch(() -> {
          Work event = new Work();
          event.begin();
          event.commit();
        }),
        () -> {
          recording.stop();
          require(recording.getSize());
          recording.close();
        });
  }

  static Prepared openTelemetry() {
    DROPPED.setLevel(Level.OFF);
    AtomicLong spans = new AtomicLong();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(BatchSpanProcessor.builder(new Counting(spans)).build())
            .build();
    Tracer tracer = provider.get("bench");
    return new Prepared(
        OwnOperations.batch(() -> {
          Span span = tracer.spanBuilder("work").startSpan();
          try (Scope scope = span.makeCurrent()) {
            number++;
          } finally {
            span.end();
          }
        }),
        () -> {
          provider.close();
          require(spans.get());
        });
  }

  private record Counting(AtomicLong spans) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
      spans.addAndGet(batch.size());
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  static Prepared micrometer() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Timer timer = registry.timer("work");
    return new Prepared(
        OwnOperations.batch(() -> Timer.start(registry).stop(timer)), () -> require(timer.count()));
  }

  static Prepared logback() {
    AtomicLong lines = new AtomicLong();
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter()); // without one each event fails, silently
    AppenderBase<ILoggingEvent> target =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.incrementAndGet();
          }
        };
    target.setContext(context);
    target.start();
    AsyncAppender async = new AsyncAppender();
    async.setContext(context);
    async.setQueueSize(1_024);
    async.setDiscardingThreshold(0);
    async.addAppender(target);
    async.start();
    ch.qos.logback.classic.Logger logger = context.getLogger("bench");
    logger.setAdditive(false);
    logger.addAppender(async);
    return new Prepared(
        OwnOperations.batch(() -> logger.info("a line with the number {}", number++)),
        () -> {
          context.stop();
          require(lines.get());
        });
  }

  static Prepared log4j() {
    System.setProperty(
        "log4j2.contextSelector", "org.apache.logging.log4j.core.async.AsyncLoggerContextSelector");
    System.setProperty("log4j2.asyncLoggerWaitStrategy", "Yield");
    AtomicLong lines = new AtomicLong();
    org.apache.logging.log4j.core.LoggerContext context =
        (org.apache.logging.log4j.core.LoggerContext) LogManager.getContext(false);
    AbstractAppender target =
        new AbstractAppender("count", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            lines.addAndGet(event.getMessage().getFormattedMessage().isEmpty() ? 0 : 1);
          }
        };
    target.start();
    var root = context.getConfiguration().getRootLogger();
    root.getAppenders().keySet().forEach(root::removeAppender);
    root.addAppender(target, null, null);
    root.setLevel(org.apache.logging.log4j.Level.INFO);
    context.updateLoggers();
    org.apache.logging.log4j.Logger logger = LogManager.getLogger("bench");
    return new Prepared(
        OwnOperations.batch(() -> logger.info("a line with the number {}", number++)),
        () -> {
          context.stop();
          require(lines.get());
        });
  }

  private static void require(long delivered) {
    if (delivered < 1_000) {
      throw new IllegalStateException("only " + delivered + " arrived");
    }
  }
}
