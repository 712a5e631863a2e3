package micromegas.benchmarks.instrumentation;

import java.util.function.Supplier;

/// The rows of the table: what is measured. Each is made in a JVM of its own.
enum Operation {
  EMPTY("empty call", OwnOperations::empty),
  NANO_TIME_TWICE("two System.nanoTime()", OwnOperations::nanoTimeTwice),
  SPAN("span", OwnOperations::span),
  NESTED("4 nested spans", OwnOperations::nested),
  COUNTER("counter of the processor", OwnOperations::counter),
  SPAN_COUNTER("span, counter of the processor", OwnOperations::span),
  SPAN_OFF("span, off", OwnOperations::spanOff),
  SPAN_TOKEN("span by token", OwnOperations::token),
  ASYNC("async span", OwnOperations::async),
  METRIC("integer metric", OwnOperations::metric),
  TAGGED_METRIC("tagged metric", OwnOperations::taggedMetric),
  CONSTANT_LOG("constant log", OwnOperations::constantLog),
  READY_LOG("log of 44 characters", OwnOperations::readyLog),
  FORMATTED_LOG("log with one number", OwnOperations::formattedLog),
  JFR("JFR event, no stack", PeerOperations::flightRecorder),
  OTEL("OpenTelemetry SDK, batch", PeerOperations::openTelemetry),
  MICROMETER("Micrometer Timer.Sample", PeerOperations::micrometer),
  LOGBACK("Logback async, one number", PeerOperations::logback),
  LOG4J("Log4j2 async, one number", PeerOperations::log4j);

  private final String label;
  private final Supplier<Prepared> maker;

  /// @param task what to measure
  /// @param between lets whoever takes the events away catch up
  /// @param check after it; throws when events have not arrived
  record Prepared(CpuTime.Batch task, Runnable between, Runnable check) {
    Prepared(CpuTime.Batch task, Runnable check) {
      this(task, () -> {}, check);
    }
  }

  Operation(String label, Supplier<Prepared> maker) {
    this.label = label;
    this.maker = maker;
  }

  String label() {
    return label;
  }

  Prepared prepare() {
    return maker.get();
  }

  /// The clock of events, see `micromegas.telemetry.clock`.
  String clock() {
    return this == SPAN_COUNTER || this == COUNTER ? "counter" : "nanotime";
  }

  /// Whether it is ours and must not allocate.
  boolean mustNotAllocate() {
    return switch (this) {
      case SPAN,
          SPAN_COUNTER,
          NESTED,
          SPAN_OFF,
          SPAN_TOKEN,
          METRIC,
          TAGGED_METRIC,
          CONSTANT_LOG,
          READY_LOG ->
          true;
      default -> false;
    };
  }
}
