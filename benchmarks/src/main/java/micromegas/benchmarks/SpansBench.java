package micromegas.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.materialize.BlockPipeline;
import micromegas.lakehouse.materialize.ChainPipeline;
import micromegas.lakehouse.materialize.ChainRepairSink;
import micromegas.lakehouse.materialize.GrowingFiles;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.view.ThreadSpansViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.transit.ProcessInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// How long the first query of a thread's spans takes, what of it is call trees and Parquet, and
/// what queries of them take afterwards.
@Command(
    name = "spans",
    mixinStandardHelpOptions = true,
    description = "First query of a thread's spans, call trees to Parquet alone, warm queries.")
final class SpansBench implements Callable<Integer> {
  private static final double REFERENCE_SECONDS = 0.84;
  private static final double REFERENCE_SECONDS_8 = 8.1;
  private static final int WARM_UP_RUNS = 2;

  private static final String GROUP_BY_NAME =
      """
      SELECT name, count(*) AS n, sum(duration) AS d, avg(duration) AS a
      FROM {spans} GROUP BY name\
      """;
  private static final String SELF_JOIN =
      """
      SELECT p.name AS parent_name, c.name AS child_name, count(*) AS n, sum(c.duration) AS d
      FROM {spans} c JOIN {spans} p ON c.parent = p.id GROUP BY p.name, c.name\
      """;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    Machine.describe();
    try (BenchLake lake = new BenchLake()) {
      lake.run("SELECT 1", lake.lakehouse.catalog(), false);
      SpanWorkload last = cold(lake);
      pipeline(lake, last);
      warm(lake, last);
      functions(lake, last);
      Machine.describeMemory("at the end");
    }
    return 0;
  }

  /// Every run ingests a stream of its own, so that nothing of it is materialised.
  private SpanWorkload cold(BenchLake lake) {
    long[] cold = new long[options.runs];
    SpanWorkload workload = SpanWorkload.scaled(1, options.scale);
    for (int run = 0; run < options.runs; run++) {
      workload = SpanWorkload.scaled(run + 1, options.scale);
      lake.ingest(workload);
      String count = on("SELECT count(*) AS n FROM {spans}", workload);
      cold[run] = Measure.time(() -> lake.run(count, lake.lakehouse.catalog(), false));
      check(lake, workload);
    }
    double reference =
        options.scale == 1
            ? REFERENCE_SECONDS
            : options.scale == 8 ? REFERENCE_SECONDS_8 : Double.NaN;
    double median = Measure.median(cold);
    Table table =
        new Table(
            "first count(*) of view_instance",
            "rows",
            "first run",
            "median",
            "rows/s",
            "reference",
            "reference/ours");
    table.row(
        ThreadSpansViewMaker.VIEW_SET,
        String.format(Locale.ROOT, "%,d", workload.rows()),
        Measure.seconds(cold[0]),
        Measure.seconds(median),
        String.format(Locale.ROOT, "%,.0f", workload.rows() / (median / 1e9)),
        Double.isNaN(reference) ? "-" : Measure.seconds(reference * 1e9),
        Double.isNaN(reference) ? "-" : Measure.ratio(reference * 1e9 / median));
    table.print();
    return workload;
  }

  /// Rows, depths and parents: each level of the tree has its number of spans, and every parent is
  /// there and encloses its child.
  private static void check(BenchLake lake, SpanWorkload workload) {
    int n = workload.iterations();
    String levels =
        "SELECT depth FROM (SELECT depth, count(*) AS n FROM {spans} GROUP BY depth) WHERE "
            + "(depth = 0 AND n = 1) OR (depth IN (1, 2) AND n = %d)".formatted(n)
            + " OR (depth = 3 AND n = %d) OR (depth = 4 AND n = %d)".formatted(2 * n, 6 * n);
    CheckFailedException.requireEqual(
        "levels of the call tree with the right number of spans",
        5L,
        lake.run(on(levels, workload), lake.lakehouse.catalog(), false).rows());
    String nested =
        """
        SELECT n FROM (SELECT count(*) AS n FROM {spans} c JOIN {spans} p ON c.parent = p.id
          WHERE c.depth = p.depth + 1 AND c."begin" >= p."begin" AND c."end" <= p."end")
        WHERE n = %d\
        """
            .formatted(workload.rows() - 1);
    CheckFailedException.requireEqual(
        "whether all spans lie inside their parents",
        1L,
        lake.run(on(nested, workload), lake.lakehouse.catalog(), false).rows());
  }

  private void pipeline(BenchLake lake, SpanWorkload workload) throws Exception {
    StoredProcess process = new StoredProcess(workload.process(), workload.process().startTime());
    StoredStream stream = new StoredStream(workload.stream(), process.insertTime());
    List<SourceBlock> blocks = new ArrayList<>();
    workload.blocks((info, payload) ->
        blocks.add(
            new SourceBlock(
                new StoredBlock(info, payload.objects().length, info.endTime()), stream, process)));
    View view =
        lake.views.make(ThreadSpansViewMaker.VIEW_SET, workload.stream().streamId().toString());
    long[] times = new long[options.runs];
    long[] processor = new long[options.runs];
    long bytes = 0;
    Files.createDirectories(lake.filesFolder());
    try (BlockPipeline shared =
            new BlockPipeline(
                lake.lake.objects(), new MaterializeBench.NoErrors(), PipelineSettings.defaults());
        ChainPipeline chains = chains(lake, shared, blocks)) {
      for (int run = -WARM_UP_RUNS; run < options.runs; run++) {
        Path target = lake.filesFolder().resolve("spans.parquet");
        Files.deleteIfExists(target);
        long[] rows = new long[1];
        long processorBefore = Machine.processorNanos();
        long nanos = Measure.time(() -> rows[0] = chains.write(view, blocks, target).file().rows());
        CheckFailedException.requireEqual("rows of the file", workload.rows(), rows[0]);
        bytes = Files.size(target);
        if (run >= 0) {
          times[run] = nanos;
          processor[run] = Machine.processorNanos() - processorBefore;
        }
      }
    }
    double median = Measure.median(times);
    grow(lake, view, withFrequency(blocks), workload.rows(), Measure.median(processor));
    Table table =
        new Table(
            "blocks to one Parquet file",
            "rows",
            "median",
            "rows/s",
            "processor time",
            "rows per second of it",
            "file");
    table.row(
        ThreadSpansViewMaker.VIEW_SET,
        String.format(Locale.ROOT, "%,d", workload.rows()),
        Measure.seconds(median),
        String.format(Locale.ROOT, "%,.0f", workload.rows() / (median / 1e9)),
        Measure.seconds(Measure.median(processor)),
        String.format(Locale.ROOT, "%,.0f", workload.rows() / (Measure.median(processor) / 1e9)),
        String.format(Locale.ROOT, "%.1f MB", bytes / 1e6));
    table.print();
  }

  /// The same blocks of a process that tells its frequency: the times of others change with each
  /// block.
  private static List<SourceBlock> withFrequency(List<SourceBlock> blocks) {
    ProcessInfo info = blocks.getFirst().process().info();
    StoredProcess process =
        new StoredProcess(
            new ProcessInfo(
                info.processId(),
                info.exe(),
                info.username(),
                info.realname(),
                info.computer(),
                info.distro(),
                info.cpuBrand(),
                1_000_000_000,
                info.startTime(),
                info.startTicks(),
                info.parentProcessId(),
                info.properties()),
            blocks.getFirst().process().insertTime());
    return blocks.stream()
        .map(block -> new SourceBlock(block.block(), block.stream(), process))
        .toList();
  }

  /// Block by block, as a thread that is being watched grows.
  private void grow(
      BenchLake lake, View view, List<SourceBlock> blocks, long rows, double wholeProcessorNanos)
      throws Exception {
    int tenth = blocks.size() / 10;
    if (tenth == 0) {
      return; // with --scale 8 there are enough
    }
    long first = 0;
    long last = 0;
    try (BlockPipeline shared =
            new BlockPipeline(
                lake.lake.objects(), new MaterializeBench.NoErrors(), PipelineSettings.defaults());
        ChainPipeline chains = chains(lake, shared, blocks);
        GrowingFiles files =
            chains
                .growing(
                    view,
                    blocks.getFirst(),
                    () -> lake.filesFolder().resolve(UUID.randomUUID() + ".parquet"))
                .orElseThrow()) {
      List<PartitionFile> known = List.of();
      for (int i = 0; i < blocks.size(); i++) {
        List<SourceBlock> more = List.of(blocks.get(i));
        List<PartitionFile> before = known;
        List<List<PartitionFile>> now = new ArrayList<>();
        long processorBefore = Machine.processorNanos();
        now.add(files.add(more).orElseThrow());
        long nanos = Machine.processorNanos() - processorBefore;
        known = now.getFirst();
        for (PartitionFile file : before) {
          if (!known.contains(file)) {
            Files.delete(file.path().orElseThrow());
          }
        }
        first += i < tenth ? nanos : 0;
        last += i >= blocks.size() - tenth ? nanos : 0;
      }
      CheckFailedException.requireEqual(
          "rows of the files", rows, known.stream().mapToLong(PartitionFile::rows).sum());
    }
    Table table =
        new Table(
            "open hour, block by block, processor time",
            "blocks",
            "a block of the first tenth",
            "of the last tenth",
            "all blocks anew");
    table.row(
        ThreadSpansViewMaker.VIEW_SET,
        String.format(Locale.ROOT, "%,d", blocks.size()),
        Measure.milliseconds((double) first / tenth),
        Measure.milliseconds((double) last / tenth),
        Measure.milliseconds(wholeProcessorNanos));
    table.print();
  }

  private static ChainPipeline chains(
      BenchLake lake, BlockPipeline shared, List<SourceBlock> blocks) {
    return new ChainPipeline(
        shared,
        new MaterializeBench.NoErrors(),
        ChainRepairSink.NONE,
        p ->
            TickConverter.ofEnd(
                p.info(),
                blocks.getLast().block().info().endTicks(),
                blocks.getLast().block().info().endTime()),
        lake.filesFolder());
  }

  private void warm(BenchLake lake, SpanWorkload workload) {
    Table table = new Table("query, warm", "ours", "reference", "reference/ours", "processor time");
    query(lake, workload, "group by name", GROUP_BY_NAME, 5, 57, table);
    query(lake, workload, "self join on parent", SELF_JOIN, 5, 87, table);
    table.print();
  }

  /// Functions over a whole call tree.
  private void functions(BenchLake lake, SpanWorkload workload) {
    Table table = new Table("function, warm", "spans", "median", "spans/s", "processor time");
    function(
        lake,
        workload,
        "flame_graph",
        "SELECT n FROM (SELECT sum(\"count\") AS n FROM flame_graph('%s')) WHERE n = %d"
            .formatted(workload.stream().streamId(), workload.rows()),
        table);
    String rows =
        "perfetto_trace_chunks('%s', 'thread', '1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z')"
            .formatted(workload.process().processId());
    function(
        lake,
        workload,
        "perfetto_trace_chunks",
        // A span is two packets of some twenty bytes.
        "SELECT n FROM (SELECT sum(octet_length(chunk_data)) AS n FROM %s) WHERE n > 40 * %d"
            .formatted(rows, workload.rows()),
        table);
    table.print();
  }

  private void function(
      BenchLake lake, SpanWorkload workload, String name, String sql, Table table) {
    long[] times = new long[options.runs];
    long[] processor = new long[options.runs];
    for (int run = -1; run < options.runs; run++) {
      long[] rows = new long[1];
      long processorBefore = Machine.processorNanos();
      long nanos =
          Measure.time(() -> rows[0] = lake.run(sql, lake.lakehouse.catalog(), false).rows());
      CheckFailedException.requireEqual("whether '" + name + "' has all spans", 1L, rows[0]);
      if (run >= 0) {
        times[run] = nanos;
        processor[run] = Machine.processorNanos() - processorBefore;
      }
    }
    double median = Measure.median(times);
    table.row(
        name,
        String.format(Locale.ROOT, "%,d", workload.rows()),
        Measure.seconds(median),
        String.format(Locale.ROOT, "%,.0f", workload.rows() / (median / 1e9)),
        Measure.seconds(Measure.median(processor)));
  }

  private void query(
      BenchLake lake,
      SpanWorkload workload,
      String name,
      String sql,
      long expectedRows,
      double referenceMillis,
      Table table) {
    String query = on(sql, workload);
    long[] times = new long[options.runs];
    long[] processor = new long[options.runs];
    for (int run = -WARM_UP_RUNS; run < options.runs; run++) {
      long[] rows = new long[1];
      long processorBefore = Machine.processorNanos();
      long nanos =
          Measure.time(() -> rows[0] = lake.run(query, lake.lakehouse.catalog(), false).rows());
      CheckFailedException.requireEqual("rows of '" + name + "'", expectedRows, rows[0]);
      if (run >= 0) {
        times[run] = nanos;
        processor[run] = Machine.processorNanos() - processorBefore;
      }
    }
    double median = Measure.median(times);
    table.row(
        name,
        Measure.milliseconds(median),
        options.scale == 1 ? Measure.milliseconds(referenceMillis * 1e6) : "-",
        options.scale == 1 ? Measure.ratio(referenceMillis * 1e6 / median) : "-",
        Measure.milliseconds(Measure.median(processor)));
  }

  private static String on(String sql, SpanWorkload workload) {
    return sql.replace(
        "{spans}", "view_instance('thread_spans', '" + workload.stream().streamId() + "')");
  }
}
