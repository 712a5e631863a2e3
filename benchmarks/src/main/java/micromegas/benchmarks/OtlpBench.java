package micromegas.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.LogColumns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.otlp.OtlpLogProcessor;
import micromegas.lakehouse.blocks.otlp.OtlpMetricProcessor;
import micromegas.lakehouse.blocks.otlp.OtlpSpanProcessor;
import micromegas.lakehouse.blocks.otlp.SpanColumns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.Column;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;
import micromegas.lakehouse.view.OtelSpansViewMaker;
import micromegas.otlp.Signal;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.apache.arrow.vector.types.pojo.Schema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// OpenTelemetry messages to columns on one core, against [OtlpBaseline]; then the first query of
/// such spans in a lake.
@Command(
    name = "otlp",
    mixinStandardHelpOptions = true,
    description = "OpenTelemetry blocks to columns on one core, against generated classes.")
final class OtlpBench implements Callable<Integer> {
  private static final int WARM_UP_RUNS = 3;
  private static final int MESSAGES = 200;

  @Mixin private final CommonOptions options = new CommonOptions();

  private final Table table =
      new Table("otlp, one core", "rows", "ours", "baseline", "ours rows/s", "ns/row", "speed-up");

  @Override
  public Integer call() throws Exception {
    Machine.describe();
    int messages = Math.max(1, (int) (MESSAGES * options.scale));
    OtlpWorkload workload = new OtlpWorkload();
    OtlpBaseline baseline = new OtlpBaseline();
    measure(
        Signal.LOGS,
        new OtlpLogProcessor(),
        new LogEntriesViewMaker(Map.of()).schema().arrow(),
        List.of(LogColumns.TIME, LogColumns.TARGET, LogColumns.MSG, LogColumns.PROPERTIES),
        workload.logs(messages),
        baseline::logs);
    measure(
        Signal.METRICS,
        new OtlpMetricProcessor(),
        new MeasuresViewMaker(Map.of()).schema().arrow(),
        List.of(MeasureColumns.TIME, MeasureColumns.NAME, MeasureColumns.PROPERTIES),
        workload.metrics(messages),
        baseline::metrics);
    List<byte[]> spans = workload.spans(messages);
    double plainSpans =
        measure(
            Signal.TRACES,
            new OtlpSpanProcessor(),
            new OtelSpansViewMaker(Map.of()).schema().arrow(),
            List.of(
                SpanColumns.TRACE_ID,
                SpanColumns.PARENT_SPAN_ID,
                SpanColumns.END_TIME,
                SpanColumns.NAME,
                SpanColumns.PROPERTIES,
                SpanColumns.EVENTS),
            spans,
            baseline::spans);
    table.print();
    OtelSpansCold.report(spans, plainSpans, options.runs);
    return 0;
  }

  /// @param compared columns in which both must have the same content
  /// @return what the plain decoder takes, in nanoseconds
  private double measure(
      Signal signal,
      BlockProcessor processor,
      Schema schema,
      List<Integer> compared,
      List<byte[]> messages,
      BiConsumer<byte[], ColumnBatch> baseline) {
    SourceBlock source = source(signal);
    List<byte[]> payloads = new ArrayList<>();
    messages.forEach(
        message -> payloads.add(PayloadCodec.encode(new BlockPayload(new byte[0], message))));
    ColumnBatch ours = new ColumnBatch(schema);
    ColumnBatch others = new ColumnBatch(schema);
    DecodeScratch scratch = new DecodeScratch();
    for (int i = 0; i < messages.size(); i++) {
      ours.clear();
      others.clear();
      processor.process(source, payloads.get(i), ours, scratch);
      baseline.accept(messages.get(i), others);
      CheckFailedException.requireEqual("rows", OtlpWorkload.RECORDS, ours.rows());
      for (int column : compared) {
        CheckFailedException.requireEqual(
            "column " + schema.getFields().get(column).getName(),
            digest(others.column(column)),
            digest(ours.column(column)));
      }
    }
    Runnable mine =
        () ->
            payloads.forEach(payload -> {
              ours.clear();
              processor.process(source, payload, ours, scratch);
            });
    Runnable other =
        () ->
            messages.forEach(message -> {
              others.clear();
              baseline.accept(message, others);
            });
    Measure.alternately(WARM_UP_RUNS, mine, other);
    long[][] times = Measure.alternately(options.runs, mine, other);
    double nanos = Measure.median(times[0]);
    double baselineNanos = Measure.median(times[1]);
    long rows = (long) messages.size() * OtlpWorkload.RECORDS;
    table.row(
        signal.label(),
        String.format(Locale.ROOT, "%,d", rows),
        Measure.milliseconds(nanos),
        Measure.milliseconds(baselineNanos),
        String.format(Locale.ROOT, "%,.0f", rows / (nanos / 1e9)),
        String.format(Locale.ROOT, "%.0f", nanos / rows),
        Measure.ratio(baselineNanos / nanos));
    return baselineNanos;
  }

  private static long digest(Column column) {
    long digest = column.size();
    for (int row = 0; row < column.size(); row++) {
      digest =
          31 * digest
              + switch (column) {
                case LongColumn longs -> longs.get(row);
                case BytesColumn bytes -> hash(bytes, row);
                case DictionaryColumn values -> hash(values.dictionary(), values.indices()[row]);
                default -> throw new IllegalArgumentException(column.toString());
              };
    }
    return digest;
  }

  private static long hash(BytesColumn column, int row) {
    long hash = column.end(row) - column.begin(row);
    for (int i = column.begin(row); i < column.end(row); i++) {
      hash = 31 * hash + column.data()[i];
    }
    return hash;
  }

  private static SourceBlock source(Signal signal) {
    UUID processId = new UUID(1, 2);
    UUID streamId = new UUID(3, 4);
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    return new SourceBlock(
        new StoredBlock(
            new BlockInfo(
                new UUID(5, 6), streamId, processId, now, 0, now, 0, 0, OtlpWorkload.RECORDS),
            0,
            now),
        new StoredStream(
            new StreamInfo(
                processId,
                streamId,
                List.of(),
                List.of(),
                List.of(signal.tag()),
                Map.of(),
                signal.format()),
            now),
        new StoredProcess(
            new ProcessInfo(
                processId,
                "shop/web",
                "",
                "",
                "host",
                "",
                "",
                1_000_000_000,
                now,
                0,
                Optional.empty(),
                Map.of("otel.resource.service.name", "web")),
            now));
  }
}
