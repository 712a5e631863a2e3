package micromegas.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.LogBlockProcessor;
import micromegas.lakehouse.blocks.LogColumns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.blocks.MetricsBlockProcessor;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;
import org.apache.arrow.vector.types.pojo.Schema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Payload objects to columns on one core, decompression included, against [BaselineDecoder].
@Command(
    name = "decode",
    mixinStandardHelpOptions = true,
    description = "Log and metric blocks to columns on one core, against an object per event.")
final class DecodeBench implements Callable<Integer> {
  private static final int WARM_UP_RUNS = 2;

  @Mixin private final CommonOptions options = new CommonOptions();

  /// What both decoders must agree on.
  ///
  /// @param rows events
  /// @param texts hash of messages or names, in order
  /// @param targets hash of targets, in order
  /// @param numbers sum of levels or values
  /// @param tagged events with properties
  /// @param firstNanos time of the first event
  private record Digest(
      long rows, long texts, long targets, double numbers, long tagged, long firstNanos) {
    static final Digest EMPTY = new Digest(0, 0, 0, 0, 0, Long.MAX_VALUE);

    Digest plus(long text, long target, double number, boolean hasProperties, long nanos) {
      return new Digest(
          rows + 1,
          31 * texts + text,
          31 * targets + target,
          numbers + number,
          tagged + (hasProperties ? 1 : 0),
          Math.min(firstNanos, nanos));
    }
  }

  @Override
  public Integer call() {
    Machine.describe();
    Map<String, byte[]> payloads = new HashMap<>();
    StoredWorkload stored =
        StoredWorkload.create(
            Workload.scaled(1, options.scale),
            (block, payload) -> payloads.put(block.objectKey(), PayloadCodec.encode(payload)));
    Table table =
        new Table(
            "decode, one core", "rows", "ours", "baseline", "ours rows/s", "ns/row", "speed-up");
    measureLogs(stored.logs(), stored.workload(), payloads, table);
    measureMetrics(stored.measures(), stored.workload(), payloads, table);
    table.print();
    return 0;
  }

  private void measureLogs(
      List<SourceBlock> blocks, Workload workload, Map<String, byte[]> payloads, Table table) {
    Schema schema = new LogEntriesViewMaker(Map.of()).schema().arrow();
    BaselineDecoder baseline =
        new BaselineDecoder(
            workload.logStream().dependenciesMetadata(), workload.logStream().objectsMetadata());
    Columns ours = new Columns(new LogBlockProcessor(), schema);
    Digest oursDigest = Digest.EMPTY;
    Digest baselineDigest = Digest.EMPTY;
    for (SourceBlock block : blocks) {
      byte[] payload = payload(payloads, block);
      oursDigest = logDigest(oursDigest, ours.decode(block, payload));
      for (BaselineDecoder.LogEvent event : baseline.logs(block.block().info(), payload)) {
        baselineDigest =
            baselineDigest.plus(
                hash(event.message()),
                hash(event.target()),
                event.level(),
                !event.properties().isEmpty(),
                event.time());
      }
    }
    CheckFailedException.requireEqual("log rows", (long) workload.logRows(), oursDigest.rows());
    CheckFailedException.requireEqual("digest of log events", baselineDigest, oursDigest);
    report(
        "log blocks",
        oursDigest.rows(),
        () -> blocks.forEach(block -> ours.decode(block, payload(payloads, block))),
        () ->
            blocks.forEach(block -> {
              int events = baseline.logs(block.block().info(), payload(payloads, block)).size();
              CheckFailedException.requireEqual("events", block.block().info().nbObjects(), events);
            }),
        table);
  }

  private void measureMetrics(
      List<SourceBlock> blocks, Workload workload, Map<String, byte[]> payloads, Table table) {
    Schema schema = new MeasuresViewMaker(Map.of()).schema().arrow();
    BaselineDecoder baseline =
        new BaselineDecoder(
            workload.metricStream().dependenciesMetadata(),
            workload.metricStream().objectsMetadata());
    Columns ours = new Columns(new MetricsBlockProcessor(), schema);
    Digest oursDigest = Digest.EMPTY;
    Digest baselineDigest = Digest.EMPTY;
    for (SourceBlock block : blocks) {
      byte[] payload = payload(payloads, block);
      oursDigest = metricDigest(oursDigest, ours.decode(block, payload));
      for (BaselineDecoder.Metric event : baseline.metrics(block.block().info(), payload)) {
        baselineDigest =
            baselineDigest.plus(
                hash(event.name()),
                hash(event.target()),
                event.value(),
                !event.properties().isEmpty(),
                event.time());
      }
    }
    CheckFailedException.requireEqual("measures", workload.measures(), oursDigest.rows());
    CheckFailedException.requireEqual("digest of measures", baselineDigest, oursDigest);
    report(
        "metric blocks",
        oursDigest.rows(),
        () -> blocks.forEach(block -> ours.decode(block, payload(payloads, block))),
        () ->
            blocks.forEach(block -> {
              int events = baseline.metrics(block.block().info(), payload(payloads, block)).size();
              CheckFailedException.requireEqual("events", block.block().info().nbObjects(), events);
            }),
        table);
  }

  private void report(String name, long rows, Runnable ours, Runnable baseline, Table table) {
    Measure.alternately(WARM_UP_RUNS, ours, baseline);
    long[][] times = Measure.alternately(options.runs, ours, baseline);
    double mine = Measure.median(times[0]);
    double other = Measure.median(times[1]);
    table.row(
        name,
        String.format(Locale.ROOT, "%,d", rows),
        Measure.milliseconds(mine),
        Measure.milliseconds(other),
        String.format(Locale.ROOT, "%,.0f", rows / (mine / 1e9)),
        String.format(Locale.ROOT, "%.0f", mine / rows),
        Measure.ratio(other / mine));
  }

  private static byte[] payload(Map<String, byte[]> payloads, SourceBlock block) {
    byte[] payload = payloads.get(block.block().objectKey());
    if (payload == null) {
      throw new CheckFailedException("check failed: a payload is missing");
    }
    return payload;
  }

  private static Digest logDigest(Digest before, ColumnBatch batch) {
    Digest digest = before;
    for (int row = 0; row < batch.rows(); row++) {
      digest =
          digest.plus(
              hash(batch.bytes(LogColumns.MSG), row),
              hash(batch.dictionary(LogColumns.TARGET), row),
              batch.ints(LogColumns.LEVEL).get(row),
              hasProperties(batch.dictionary(LogColumns.PROPERTIES), row),
              batch.longs(LogColumns.TIME).get(row));
    }
    return digest;
  }

  private static Digest metricDigest(Digest before, ColumnBatch batch) {
    Digest digest = before;
    for (int row = 0; row < batch.rows(); row++) {
      digest =
          digest.plus(
              hash(batch.dictionary(MeasureColumns.NAME), row),
              hash(batch.dictionary(MeasureColumns.TARGET), row),
              batch.doubles(MeasureColumns.VALUE).get(row),
              hasProperties(batch.dictionary(MeasureColumns.PROPERTIES), row),
              batch.longs(MeasureColumns.TIME).get(row));
    }
    return digest;
  }

  /// A document without entries is a header of four bytes.
  private static boolean hasProperties(DictionaryColumn column, int row) {
    int index = column.indices()[row];
    return column.dictionary().end(index) - column.dictionary().begin(index) > 4;
  }

  private static long hash(DictionaryColumn column, int row) {
    return hash(column.dictionary(), column.indices()[row]);
  }

  private static long hash(BytesColumn column, int row) {
    return hash(column.data(), column.begin(row), column.end(row));
  }

  private static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return hash(bytes, 0, bytes.length);
  }

  private static long hash(byte[] bytes, int begin, int end) {
    long hash = end - begin;
    for (int i = begin; i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  /// Our decoder, with what it keeps from block to block. The batch is cleared before each block.
  private static final class Columns {
    private final BlockProcessor processor;
    private final ColumnBatch batch;
    private final DecodeScratch scratch = new DecodeScratch();

    Columns(BlockProcessor processor, Schema schema) {
      this.processor = processor;
      this.batch = new ColumnBatch(schema);
    }

    ColumnBatch decode(SourceBlock block, byte[] payload) {
      batch.clear();
      processor.process(block, payload, batch, scratch);
      CheckFailedException.requireEqual("rows", block.block().info().nbObjects(), batch.rows());
      return batch;
    }
  }
}
