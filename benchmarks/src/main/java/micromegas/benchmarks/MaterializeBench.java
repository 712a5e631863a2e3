package micromegas.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import micromegas.lake.StoredBlock;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.materialize.BlockErrorSink;
import micromegas.lakehouse.materialize.BlockPipeline;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// How long the first query of an instance takes, and what of it is decoding and encoding.
@Command(
    name = "materialize",
    mixinStandardHelpOptions = true,
    description = "First query of a process's logs and measures; and blocks to Parquet alone.")
final class MaterializeBench implements Callable<Integer> {
  private static final double[] REFERENCE_SECONDS = {0.60, 1.69};
  private static final double[] REFERENCE_SECONDS_8 = {7.0, 16.3};

  @Mixin private final CommonOptions options = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    Machine.describe();
    try (BenchLake lake = new BenchLake()) {
      long start = Measure.time(() -> lake.run("SELECT 1", lake.lakehouse.catalog(), false));
      System.out.println("first SELECT 1 of the process: " + Measure.milliseconds(start));
      StoredWorkload last = endToEnd(lake);
      Machine.describeMemory("after the cold queries");
      pipeline(lake, last);
      Machine.describeMemory("after pipeline and COPY");
    }
    return 0;
  }

  /// Every run ingests a process of its own, so that nothing of it is materialised.
  private StoredWorkload endToEnd(BenchLake lake) {
    long[][] cold = new long[2][options.runs];
    StoredWorkload stored = null;
    for (int run = 0; run < options.runs; run++) {
      stored = lake.ingest(Workload.scaled(run + 1, options.scale));
      UUID process = stored.workload().processId();
      cold[0][run] =
          coldCount(lake, LogEntriesViewMaker.VIEW_SET, process, stored.workload().logRows());
      cold[1][run] =
          coldCount(lake, MeasuresViewMaker.VIEW_SET, process, stored.workload().measures());
    }
    if (stored == null) {
      throw new CheckFailedException("check failed: --runs must be at least 1");
    }
    long[] rows = {stored.workload().logRows(), stored.workload().measures()};
    String[] names = {LogEntriesViewMaker.VIEW_SET, MeasuresViewMaker.VIEW_SET};
    Table table =
        new Table(
            "first count(*) of view_instance",
            "rows",
            "first run",
            "median",
            "rows/s",
            "reference",
            "reference/ours");
    for (int i = 0; i < 2; i++) {
      double median = Measure.median(cold[i]);
      Optional<Double> reference = reference(i);
      table.row(
          names[i],
          String.format(Locale.ROOT, "%,d", rows[i]),
          Measure.seconds(cold[i][0]),
          Measure.seconds(median),
          String.format(Locale.ROOT, "%,.0f", rows[i] / (median / 1e9)),
          reference.map(seconds -> Measure.seconds(seconds * 1e9)).orElse("-"),
          reference.map(seconds -> Measure.ratio(seconds * 1e9 / median)).orElse("-"));
    }
    table.print();
    return stored;
  }

  private Optional<Double> reference(int index) {
    if (options.scale == 1) {
      return Optional.of(REFERENCE_SECONDS[index]);
    }
    return options.scale == 8 ? Optional.of(REFERENCE_SECONDS_8[index]) : Optional.empty();
  }

  private static long coldCount(BenchLake lake, String viewSet, UUID process, long expected) {
    String from = " FROM view_instance('" + viewSet + "', '" + process + "')";
    long nanos =
        Measure.time(
            () -> lake.run("SELECT count(*) AS n" + from, lake.lakehouse.catalog(), false));
    // As many rows as the expected count, when filtered by it.
    QueryDigest check =
        lake.run(
            "SELECT n FROM (SELECT count(*) AS n" + from + ") WHERE n = " + expected,
            lake.lakehouse.catalog(),
            false);
    CheckFailedException.requireEqual(
        "whether " + viewSet + " has " + expected + " rows", 1L, check.rows());
    return nanos;
  }

  private void pipeline(BenchLake lake, StoredWorkload stored) {
    Table table =
        new Table(
            "blocks to one Parquet file",
            "rows",
            "ours",
            "rows/s",
            "DuckDB COPY of the rows",
            "COPY/ours",
            "file",
            "COPY's file");
    try (BlockPipeline pipeline =
        new BlockPipeline(lake.lake.objects(), new NoErrors(), PipelineSettings.defaults())) {
      String process = stored.workload().processId().toString();
      compare(
          lake,
          pipeline,
          lake.views.make(LogEntriesViewMaker.VIEW_SET, process),
          stored.logs(),
          stored.workload().logRows(),
          table);
      compare(
          lake,
          pipeline,
          lake.views.make(MeasuresViewMaker.VIEW_SET, process),
          stored.measures(),
          stored.workload().measures(),
          table);
    }
    table.print();
  }

  /// COPY gets the rows from our own file, so that its time has reading that file in place of
  /// decoding the blocks.
  private void compare(
      BenchLake lake,
      BlockPipeline pipeline,
      View view,
      List<SourceBlock> blocks,
      long rows,
      Table table) {
    Path ours = lake.filesFolder().resolve(view.id().viewSet() + "-ours.parquet");
    Path copy = lake.filesFolder().resolve(view.id().viewSet() + "-copy.parquet");
    FileCatalog catalog =
        new FileCatalog(
            List.of(new FileCatalog.FileTable(view.id().viewSet(), view.schema(), ours)));
    String sql = "SELECT * FROM " + view.id().viewSet();
    long[][] times =
        Measure.alternately(
            options.runs,
            () -> {
              delete(ours);
              long written = pipeline.write(view, blocks, ours).file().rows();
              CheckFailedException.requireEqual("rows of our file", rows, written);
            },
            () -> {
              delete(copy);
              ExportResult result =
                  lake.engine.export(new ExportRequest(sql, catalog, copy, Optional.empty()));
              CheckFailedException.requireEqual("rows of COPY's file", rows, result.rows());
            });
    double mine = Measure.median(times[0]);
    double other = Measure.median(times[1]);
    table.row(
        view.id().viewSet(),
        String.format(Locale.ROOT, "%,d", rows),
        Measure.seconds(mine),
        String.format(Locale.ROOT, "%,.0f", rows / (mine / 1e9)),
        Measure.seconds(other),
        Measure.ratio(other / mine),
        megabytes(ours),
        megabytes(copy));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String megabytes(Path file) {
    try {
      return String.format(Locale.ROOT, "%.1f MB", Files.size(file) / 1e6);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every block of the workload must decode.
  static final class NoErrors implements BlockErrorSink {
    @Override
    public void record(String viewSet, StoredBlock block, int decoderVersion, String error) {
      throw new CheckFailedException(
          "check failed: block " + block.info().blockId() + " does not decode: " + error);
    }

    @Override
    public int forget(String viewSet, Collection<UUID> blockIds) {
      return 0;
    }
  }
}
