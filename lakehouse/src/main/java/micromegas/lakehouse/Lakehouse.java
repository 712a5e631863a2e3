package micromegas.lakehouse;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import micromegas.lake.DataLake;
import micromegas.lakehouse.catalog.LakeFunctions;
import micromegas.lakehouse.catalog.LakehouseCatalog;
import micromegas.lakehouse.fresh.FreshScanner;
import micromegas.lakehouse.fresh.FreshServices;
import micromegas.lakehouse.fresh.TailSegments;
import micromegas.lakehouse.keys.IndexedFiles;
import micromegas.lakehouse.keys.KeyFilters;
import micromegas.lakehouse.maintenance.BatchMaterializer;
import micromegas.lakehouse.maintenance.CountedSources;
import micromegas.lakehouse.maintenance.PartitionMerger;
import micromegas.lakehouse.maintenance.SourceStates;
import micromegas.lakehouse.materialize.BlockFileWriters;
import micromegas.lakehouse.materialize.BlockPipeline;
import micromegas.lakehouse.materialize.BlockRowsSliceBuilder;
import micromegas.lakehouse.materialize.BlockRowsWriter;
import micromegas.lakehouse.materialize.BlockSliceBuilder;
import micromegas.lakehouse.materialize.ChainPipeline;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.PartitionWriter;
import micromegas.lakehouse.materialize.ScratchFiles;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.materialize.SliceBuilders;
import micromegas.lakehouse.materialize.SourceTotals;
import micromegas.lakehouse.materialize.SqlSliceBuilder;
import micromegas.lakehouse.materialize.UndecodableObjects;
import micromegas.lakehouse.source.BlockCounter;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.BlockQuery;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.ProcessClocks;
import micromegas.lakehouse.source.ProcessThreads;
import micromegas.lakehouse.source.SourceMeter;
import micromegas.lakehouse.source.SpanRepairs;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.view.AsyncEventsViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.query.QueryEngine;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;

/// The parts of a lakehouse over one lake, put together: views that answer fresh, and the builders
/// that queries and maintenance share. Thread-safe.
public final class Lakehouse implements AutoCloseable {
  private final ViewFactory views;
  private final Path scratch;
  private final BlockErrors errors;
  private final SourceMeter meter;
  private final SingleFlight singleFlight;
  private final PartitionWriter writer;
  private final BlockPipeline pipeline;
  private final ChainPipeline chains;
  private final TailSegments tail;
  private final SliceBuilder builder;
  private final LakehouseCatalog catalog;
  private final SourceStates sources;
  private final BatchMaterializer materializer;

  /// @param engine whose sandbox opens [#dataFolder] of `folder` and the roots of the lake's files
  /// @param folder of this process alone, for files on their way; its content is not kept
  /// @param functions table functions besides those of the lakehouse
  public Lakehouse(
      DataLake lake,
      QueryEngine engine,
      ViewFactory views,
      List<TableFunction> functions,
      Path folder,
      LakehouseSettings settings,
      Clock clock) {
    DataSource dataSource = lake.metadata().dataSource();
    StreamDirectory directory = new StreamDirectory(lake.metadata());
    BlockListing listing = new BlockListing(dataSource, directory);
    Path data = dataFolder(folder);
    this.views = views;
    this.scratch = data.resolve("scratch");
    ScratchFiles.deleteAll(scratch);
    this.errors = new BlockErrors(dataSource, clock);
    SourceTotals totals = new SourceTotals(dataSource);
    this.singleFlight = new SingleFlight(dataSource);
    IndexedFiles indexed =
        new IndexedFiles(engine, new KeyFilters(dataSource, clock), settings.countLimits());
    this.writer = new PartitionWriter(lake, clock, indexed::describe);
    this.pipeline = new BlockPipeline(lake.objects(), errors, settings.pipeline());
    BlockRowsWriter rows = new BlockRowsWriter(dataSource, settings.pipeline().parquet());
    SpanRepairs repairs = new SpanRepairs(dataSource, clock);
    ProcessClocks clocks = new ProcessClocks(dataSource);
    this.chains = new ChainPipeline(pipeline, errors, repairs, clocks::of, scratch);
    BlockFileWriters files = new BlockFileWriters(pipeline, chains, rows, clocks::calibrated);
    SliceBuilder sql =
        new SqlSliceBuilder(
            engine,
            this::catalog,
            views,
            totals,
            this::undecodable,
            writer,
            scratch,
            settings.countLimits());
    this.builder =
        new SliceBuilders(
            new BlockSliceBuilder(
                (slice, tag) -> listing.blocks(BlockQuery.of(slice).withTag(tag)),
                totals,
                files,
                indexed::sorted,
                writer,
                scratch),
            new BlockRowsSliceBuilder(totals, rows, writer, scratch),
            sql);
    this.meter = new SourceMeter(new BlockCounter(dataSource), views, sql);
    this.tail = new TailSegments(files, data.resolve("tail"), settings.tailBytes());
    FreshScanner scanner =
        new FreshScanner(
            new FreshServices(
                lake,
                directory,
                listing,
                errors,
                new InsertWindows(dataSource),
                meter,
                builder,
                files,
                writer,
                singleFlight,
                tail,
                indexed,
                scratch),
            settings.fresh(),
            clock);
    ProcessThreads threads = new ProcessThreads(dataSource, directory, AsyncEventsViewMaker.TAG);
    List<TableFunction> allFunctions =
        new ArrayList<>(LakeFunctions.tableFunctions(listing, lake.objects(), threads));
    allFunctions.addAll(functions);
    this.catalog =
        new LakehouseCatalog(
            views,
            scanner,
            lake.partitions(),
            errors,
            repairs,
            directory,
            allFunctions,
            LakeFunctions.scalarFunctions(lake.objects()));
    this.sources = new CountedSources(builder, totals, meter);
    this.materializer =
        new BatchMaterializer(
            views,
            lake.partitions(),
            sources,
            builder,
            new PartitionMerger(lake, engine, writer, scratch),
            singleFlight,
            clock);
  }

  /// The folder with local files that queries read.
  public static Path dataFolder(Path folder) {
    return folder.resolve("lakehouse");
  }

  private UndecodableObjects.Undecodable undecodable(View view, InsertSlice slice) {
    return meter.of(view, slice);
  }

  public ViewFactory views() {
    return views;
  }

  /// Every name that a query can use in FROM.
  public TableCatalog catalog() {
    return catalog;
  }

  /// Builds slices of any global view.
  public SliceBuilder builder() {
    return builder;
  }

  public PartitionWriter writer() {
    return writer;
  }

  public SingleFlight singleFlight() {
    return singleFlight;
  }

  /// What there is to materialise.
  public SourceStates sources() {
    return sources;
  }

  /// Brings global views up to date, slice by slice.
  public BatchMaterializer materializer() {
    return materializer;
  }

  /// What could not be decoded, for views of blocks and SQL views over them.
  public SourceMeter meter() {
    return meter;
  }

  public BlockErrors errors() {
    return errors;
  }

  /// Folder for files between extract and upload.
  public Path scratch() {
    return scratch;
  }

  /// Ends the decoding threads; partitions being built fail.
  @Override
  public void close() {
    tail.close();
    chains.close();
    pipeline.close();
  }
}
