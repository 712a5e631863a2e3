package micromegas.tracing.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Log;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.WorkSite;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Spans of both kinds in one tree.
class BridgeTest {
  private static final AsyncSpanSite NATIVE = Sites.here().asyncSpan("native");
  private static final AsyncSpanSite DEEP = Sites.here().asyncSpan("deep");
  private static final WorkSite WORK =
      Sites.here().work(KeepPolicy.slowerThan(Duration.ofDays(1)).orFailed());
  private static final Log LOG = Log.of(BridgeTest.class);
  private static final String NATIVE_NAME = "BridgeTest::native";
  private static final String DEEP_NAME = "BridgeTest::deep";

  private final TelemetryFixture fixture = new TelemetryFixture();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder()
          .addSpanProcessor(OpenTelemetryBridge.spanProcessor())
          .addSpanProcessor(SimpleSpanProcessor.create(new MicromegasSpanExporter()))
          .build();
  private final Tracer tracer = provider.get("shop");

  @AfterEach
  void stop() {
    provider.close();
    fixture.close();
  }

  @Test
  void eachKindOfSpanIsTheParentOfTheOther() {
    Span request = tracer.spanBuilder("request").startSpan();
    try (Scope inRequest = request.makeCurrent()) {
      NATIVE.run(() -> {
        Span query = tracer.spanBuilder("query").startSpan();
        try (Scope inQuery = query.makeCurrent()) {
          DEEP.run(() -> {});
        }
        query.end();
      });
      assertThat(SpanContext.currentId()).isEqualTo(fixture.begin("request").id());
    }
    assertThat(SpanContext.currentId()).isZero();
    request.end();
    assertThat(fixture.begin("request").id())
        .isEqualTo(Long.parseUnsignedLong(request.getSpanContext().getSpanId(), 16));
    assertThat(fixture.begin("request").parent()).isZero();
    String[] names = {"request", NATIVE_NAME, "query", DEEP_NAME};
    for (int depth = 1; depth < names.length; depth++) {
      RecordedSpanEvent child = fixture.begin(names[depth]);
      assertThat(child.parent()).as(names[depth]).isEqualTo(fixture.begin(names[depth - 1]).id());
      assertThat(child.depth()).as(names[depth]).isEqualTo(depth);
      assertThat(fixture.end(names[depth]).parent()).isEqualTo(child.parent());
    }
    assertThat(fixture.logs(SpanEntries.TARGET))
        .singleElement()
        .satisfies(log ->
            assertThat(log.properties())
                .containsEntry("otel.trace_id", request.getSpanContext().getTraceId())
                .containsEntry("async_span_id", Long.toString(fixture.begin("request").id())));
  }

  @Test
  void contextsTakeNativeParentsToOtherThreads() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Span request = tracer.spanBuilder("request").startSpan();
    try (Scope scope = request.makeCurrent()) {
      Context.current().wrap(() -> NATIVE.run(() -> {})).run();
      Context captured = Context.current();
      pool.submit(captured.wrap(() -> DEEP.run(() -> {}))).get();
      assertThat(pool.submit(() -> SpanContext.currentId()).get()).isZero();
      // A context from elsewhere replaces the native one too.
      try (Scope root = Context.root().makeCurrent()) {
        assertThat(SpanContext.currentId()).isZero();
        tracer.spanBuilder("other").startSpan().end();
      }
    }
    request.end();
    // Also a span that has ended can be a parent.
    tracer.spanBuilder("late").setParent(Context.root().with(request)).startSpan().end();
    pool.shutdown();
    long id = fixture.begin("request").id();
    for (String name : List.of(NATIVE_NAME, DEEP_NAME, "late")) {
      assertThat(fixture.begin(name).parent()).as(name).isEqualTo(id);
    }
    assertThat(fixture.begin("other").parent()).isZero();
  }

  @Test
  void spansBelongToTheUnitOfWorkTheyBeginIn() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    for (boolean fails : new boolean[] {false, true}) {
      try (WorkUnit unit = WORK.begin()) {
        Span span = tracer.spanBuilder("request " + fails).startSpan();
        try (Scope scope = span.makeCurrent()) {
          pool.submit(Context.current().wrap(() -> LOG.debug("detail " + fails))).get();
        }
        span.end();
        if (fails) {
          unit.fail();
        }
      }
    }
    pool.shutdown();
    assertThat(fixture.spans()).extracting(RecordedSpanEvent::name).containsOnly("request true");
    assertThat(fixture.sink.logs())
        .extracting(RecordedLog::text)
        .containsExactlyInAnyOrder("request true", "detail true");
  }

  @Test
  void spansThatNobodyEndsAreForgotten() {
    NativeSpans spans = new NativeSpans();
    AsyncSpan none = NATIVE.begin();
    for (int i = 0; i < 1_000; i++) {
      spans.put(tracer.spanBuilder("x").setNoParent().startSpan().getSpanContext(), none);
    }
    none.end();
    for (int i = 0; i < 100 && spans.size() > 0; i++) {
      System.gc();
    }
    assertThat(spans.size()).isLessThan(1_000);
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // a program that closes it wrongly
  void aScopeThatIsClosedOnAnotherThreadChangesNothing() throws Exception {
    Span span = tracer.spanBuilder("request").startSpan();
    Context.root()
        .wrap(() -> {
          Scope scope = span.makeCurrent();
          Thread other = new Thread(scope::close);
          other.start();
          join(other);
          assertThat(SpanContext.currentId()).isNotZero();
          scope.close();
        })
        .run();
    span.end();
    SpanContext.root().run(() -> assertThat(SpanContext.currentId()).isZero());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
