package micromegas.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ClientTypes;
import micromegas.transit.LogBlockWriter;
import micromegas.transit.LogDescriptor;
import micromegas.transit.MetricBlockWriter;
import micromegas.transit.MetricDescriptor;
import micromegas.transit.ProcessInfo;
import micromegas.transit.PropertySet;
import micromegas.transit.StreamInfo;

/// Telemetry of one process, of the shape of the workload behind the reference figures: a loop over
/// six kinds of log events (a seventh is compiled out), and per iteration one float and one
/// integer, with tagged ones every fifth. Blocks are made one at a time. The same seed gives the
/// same ids and events. Immutable.
///
/// @param seed makes the ids; one per process
/// @param logRows log events in all
/// @param metricIterations each gives two measures, every fifth four
public record Workload(long seed, int logRows, int metricIterations) {
  private static final int LOG_ROWS = 857_162;
  private static final int METRIC_ITERATIONS = 1_000_000;
  static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

  /// Uncompressed bytes at which the Rust client cuts a block of logs or metrics.
  public static final int LOG_BLOCK_BYTES = 10 * 1024 * 1024 - 128;

  public static final int METRIC_BLOCK_BYTES = 1024 * 1024 - 128;

  /// The reference workload, `factor` times as large: at 1, 857,162 log rows and 2,400,000
  /// measures.
  public static Workload scaled(long seed, double factor) {
    return new Workload(
        seed, (int) Math.round(LOG_ROWS * factor), (int) Math.round(METRIC_ITERATIONS * factor));
  }

  public UUID processId() {
    return new UUID(seed, 0x8000_0000_0000_0001L);
  }

  public long measures() {
    return 2L * metricIterations + 2L * ((metricIterations + 4) / 5);
  }

  /// Its `tscFrequency` is 0, so that readers estimate the frequency from each block.
  public ProcessInfo process() {
    return new ProcessInfo(
        processId(),
        "workload",
        "bench",
        "bench",
        "localhost",
        "Linux",
        "unknown",
        0,
        START,
        0,
        Optional.empty(),
        Map.of("version", "1.0"));
  }

  public StreamInfo logStream() {
    return stream(2, ClientTypes.logDependencies(), ClientTypes.logObjects(), "log");
  }

  public StreamInfo metricStream() {
    return stream(3, ClientTypes.metricDependencies(), ClientTypes.metricObjects(), "metrics");
  }

  /// Hands the log blocks to `sink`, in order.
  ///
  /// @param blockBytes uncompressed bytes at which a block is cut
  public void logBlocks(int blockBytes, BiConsumer<BlockInfo, BlockPayload> sink) {
    LogBlockWriter writer = new LogBlockWriter();
    BlockCutter cutter = new BlockCutter(logStream(), 0x10, writer, blockBytes, sink);
    LogDescriptor info = log("iteration {i}: {n} items in {ms} ms", "app::worker", 10, 4);
    LogDescriptor debug = log("cache of shard {i}", "app::cache", 20, 5);
    LogDescriptor warn = log("queue is {i} deep", "app::queue", 30, 3);
    LogDescriptor error = log("request {i} failed", "app::http", 40, 2);
    LogDescriptor tagged = log("order {i}", "app::orders", 50, 4);
    LogDescriptor audit = log("audit checkpoint", "audit.trail", 60, 4);
    PropertySet properties = PropertySet.of(Map.of("region", "eu-west", "tier", "gold"));
    for (int row = 0; row < logRows; row++) {
      int i = row / 6;
      long time = cutter.tick();
      switch (row % 6) {
        case 0 ->
            writer.log(
                info,
                time,
                utf8("iteration " + i + ": " + i % 977 + " items in " + i % 89 + " ms"));
        case 1 -> writer.log(debug, time, utf8("cache of shard " + i % 64 + " refreshed"));
        case 2 -> writer.log(warn, time, utf8("queue is " + i % 4096 + " deep"));
        case 3 -> writer.log(error, time, utf8("request " + i + " failed with status 503"));
        case 4 -> writer.tagged(tagged, properties, time, utf8("order " + i + " accepted"));
        default -> writer.logStatic(audit, time);
      }
      cutter.added();
    }
    cutter.finish();
  }

  /// Hands the metric blocks to `sink`, in order.
  ///
  /// @param blockBytes uncompressed bytes at which a block is cut
  public void metricBlocks(int blockBytes, BiConsumer<BlockInfo, BlockPayload> sink) {
    MetricBlockWriter writer = new MetricBlockWriter();
    BlockCutter cutter = new BlockCutter(metricStream(), 0x20, writer, blockBytes, sink);
    MetricDescriptor frame = metric("frame_time", "ms", 70);
    MetricDescriptor items = metric("items", "count", 71);
    MetricDescriptor load = metric("load", "percent", 72);
    MetricDescriptor requests = metric("requests", "count", 73);
    PropertySet properties = PropertySet.of(Map.of("region", "eu-west", "tier", "gold"));
    for (int i = 0; i < metricIterations; i++) {
      writer.floating(frame, i % 1000 * 0.25, cutter.tick());
      cutter.added();
      writer.integer(items, i % 5003, cutter.tick());
      cutter.added();
      if (i % 5 == 0) {
        writer.taggedFloating(load, properties, i % 100 * 0.5, cutter.tick());
        cutter.added();
        writer.taggedInteger(requests, properties, i % 701, cutter.tick());
        cutter.added();
      }
    }
    cutter.finish();
  }

  private StreamInfo stream(
      int number,
      List<micromegas.transit.UserDefinedType> dependencies,
      List<micromegas.transit.UserDefinedType> objects,
      String tag) {
    return new StreamInfo(
        processId(),
        new UUID(seed, 0x8000_0000_0000_0000L + number),
        dependencies,
        objects,
        List.of(tag),
        Map.of(),
        StreamInfo.TRANSIT_FORMAT);
  }

  private static LogDescriptor log(String format, String target, int line, int level) {
    return new LogDescriptor(format, target, target, "src/workload.rs", line, level);
  }

  private static MetricDescriptor metric(String name, String unit, int line) {
    return new MetricDescriptor(name, unit, "app::metrics", "src/workload.rs", line, 2);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
