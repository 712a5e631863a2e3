package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.MicromegasException;
import micromegas.common.TimeRange;
import micromegas.lake.DataLake;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.MetadataStore;
import micromegas.lake.partition.Partition;
import micromegas.lake.testkit.TestPostgres;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.PartitionWriter;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.materialize.SourceTotals;
import micromegas.lakehouse.materialize.SqlSliceBuilder;
import micromegas.lakehouse.materialize.UndecodableObjects;
import micromegas.lakehouse.view.BatchPolicy;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.SchemaHashes;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.EngineSettings;
import micromegas.query.EventTimeColumns;
import micromegas.query.ExportRequest;
import micromegas.query.QueryEngine;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import micromegas.query.duckdb.DuckDbQueryEngine;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A SQL view over a table of rows with insert times, through the real engine: extracted by the
/// minute, merged to the hour.
class SqlViewLifeTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T07:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private final Database database = TestPostgres.freshDatabase();
  private final MemoryPartitions partitions = new MemoryPartitions();
  private final RootAllocator allocator = new RootAllocator();
  private QueryEngine engine;
  private DataLake lake;
  private PartitionWriter writer;
  private View stats;
  private Rows rows;
  private SqlSliceBuilder builder;
  private PartitionMerger merger;
  private BatchMaterializer materializer;

  @BeforeEach
  void open() {
    FolderObjects objects = new FolderObjects(folder.resolve("lake"));
    engine =
        DuckDbQueryEngine.open(
            EngineSettings.defaults(
                folder.resolve("work"), List.of(folder), 256L << 20, 256L << 20),
            allocator);
    lake = new DataLake(noMetadata(), objects, objects, partitions);
    writer = new PartitionWriter(lake, Clock.systemUTC());
    rows = new Rows();
    stats = stats("SELECT time, level, count(*) AS total FROM entries GROUP BY time, level");
    wire(stats);
  }

  private void wire(View view) {
    View entries =
        new View(ViewId.global("entries"), ENTRIES, new ViewSource.BlockRows(), Optional.empty());
    ViewFactory views =
        new ViewFactory.Builder().addGlobalView(entries).addGlobalView(view).build();
    builder =
        new SqlSliceBuilder(
            engine,
            () -> rows,
            views,
            new SourceTotals(database.dataSource()),
            UndecodableObjects.NONE,
            writer,
            folder.resolve("scratch"),
            EngineSettings.DEFAULT_LIMITS);
    merger = new PartitionMerger(lake, engine, writer, folder.resolve("scratch"));
    SliceBuilder counting = builder;
    materializer =
        new BatchMaterializer(
            views,
            partitions,
            new CountedSources(
                counting, new SourceTotals(database.dataSource()), UndecodableObjects.NONE),
            builder,
            merger,
            SingleFlight.inProcess(),
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    engine.close();
    allocator.close();
    database.close();
  }

  private static final ViewSchema ENTRIES =
      schema(
          new SchemaBuilder()
              .required(ColumnType.TIMESTAMP, "insert_time", "time")
              .required(ColumnType.INT32, "level")
              .build());

  private static ViewSchema schema(Schema arrow) {
    return new ViewSchema(arrow, SchemaHashes.ofSchema(arrow), EventTimeColumns.instant("time"));
  }

  private static View stats(String extract) {
    return new View(
        ViewId.global("stats"),
        schema(
            new SchemaBuilder()
                .required(ColumnType.TIMESTAMP, "time")
                .required(ColumnType.INT32, "level")
                .required(ColumnType.INT64, "total")
                .build()),
        new ViewSource.Sql(
            new ViewSource.SourceCount.Query(
                "SELECT count(*) AS \"count\" FROM entries"
                    + " WHERE insert_time >= '{begin}' AND insert_time < '{end}'"),
            extract,
            "SELECT time, level, sum(total) AS total FROM {source} GROUP BY time, level",
            List.of("time", "level")),
        Optional.of(new BatchPolicy(3000, Duration.ofHours(1), Duration.ofHours(1))));
  }

  private PassResult pass(Duration length, Duration delta) {
    return materializer.materialize(
        stats, Pass.of(new InsertSlice(HOUR, HOUR.plus(length)), delta), ProgressListener.NONE);
  }

  @Test
  void minutesAreExtractedAndMergedToOneSortedPartition() {
    // The event times do not follow the insert times.
    rows.add(HOUR.plusSeconds(10), 50, 2);
    rows.add(HOUR.plusSeconds(20), 40, 2);
    rows.add(HOUR.plusSeconds(70), 40, 2);
    rows.add(HOUR.plusSeconds(80), 40, 1);
    assertThat(pass(MINUTE.multipliedBy(3), MINUTE).created()).isEqualTo(3);
    assertThat(partitions.listAll())
        .extracting(Partition::sourceCount)
        .containsExactlyInAnyOrder(2L, 2L, 0L);
    assertThat(partitions.listAll())
        .extracting(Partition::numRows)
        .containsExactlyInAnyOrder(2L, 2L, 0L);

    assertThat(pass(Duration.ofHours(1), Duration.ofHours(1)).merged()).isEqualTo(1);
    Partition merged = partitions.listAll().getFirst();
    assertThat(partitions.listAll()).hasSize(1);
    assertThat(merged.sourceCount()).isEqualTo(4);
    assertThat(merged.sortOrder()).contains(List.of("time", "level"));
    assertThat(merged.eventTime().orElseThrow().min()).isEqualTo(Instant.ofEpochSecond(40));
    assertThat(merged.eventTime().orElseThrow().max()).isEqualTo(Instant.ofEpochSecond(50));
    assertThat(content(merged)).containsExactly("40 1 1", "40 2 2", "50 2 1");
    assertThat(scratch()).isEmpty();
    assertThat(pass(Duration.ofHours(1), Duration.ofHours(1)).upToDate()).isEqualTo(1);
  }

  @Test
  void anExtractThatFailsCommitsNothingAndALaterOneHeals() {
    rows.add(HOUR.plusSeconds(10), 50, 2);
    rows.scansBeforeFailure = 1; // the count succeeds, the extract does not
    assertThatThrownBy(() -> builder.build(stats, new InsertSlice(HOUR, HOUR.plus(MINUTE))))
        .isInstanceOf(MicromegasException.class);
    assertThat(partitions.listAll()).isEmpty();
    assertThat(scratch()).isEmpty();
    assertThat(rows.scansBeforeFailure).isNegative();
    rows.scansBeforeFailure = Integer.MAX_VALUE;
    pass(MINUTE, MINUTE);
    assertThat(content(partitions.listAll().getFirst())).containsExactly("50 2 1");
  }

  @Test
  void rowsOutsideTheSliceAreHiddenThoughTheExtractDoesNotSaySo() {
    rows.add(HOUR.minusNanos(1), 1, 1);
    rows.add(HOUR, 2, 1);
    rows.add(HOUR.plus(MINUTE).minusNanos(1), 3, 1);
    rows.add(HOUR.plus(MINUTE), 4, 1);
    builder.build(stats, new InsertSlice(HOUR, HOUR.plus(MINUTE)));
    assertThat(content(partitions.listAll().getFirst())).containsExactly("2 1 1", "3 1 1");
  }

  @Test
  void aMergeDoesNotBringBackWhatAnotherWriterReplaced() {
    rows.add(HOUR.plusSeconds(10), 50, 2);
    rows.add(HOUR.plusSeconds(70), 40, 2);
    pass(MINUTE.multipliedBy(2), MINUTE);
    List<Partition> stale = partitions.listAll();
    rows.add(HOUR.plusSeconds(11), 51, 2);
    pass(MINUTE, MINUTE);
    List<Partition> before = partitions.listAll();
    assertThatThrownBy(
            () -> merger.merge(stats, new InsertSlice(HOUR, HOUR.plus(Duration.ofHours(1))), stale))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("the inputs of");
    assertThat(partitions.listAll()).isEqualTo(before);
    assertThat(scratch()).isEmpty();
  }

  @Test
  void emptyPartitionsMergeToAnEmptyOne() {
    pass(MINUTE.multipliedBy(2), MINUTE);
    pass(MINUTE.multipliedBy(2), MINUTE.multipliedBy(2));
    assertThat(partitions.listAll())
        .singleElement()
        .satisfies(partition -> assertThat(partition.filePath()).isEmpty())
        .satisfies(partition -> assertThat(partition.numRows()).isZero());
  }

  @Test
  void aPartitionOfAnotherSchemaIsNotMerged() {
    pass(MINUTE.multipliedBy(2), MINUTE);
    View newer =
        new View(
            stats.id(),
            new ViewSchema(stats.schema().arrow(), new byte[] {9}, stats.schema().eventTime()),
            stats.source(),
            stats.batch());
    assertThatThrownBy(() ->
            merger.merge(
                newer,
                new InsertSlice(HOUR, HOUR.plus(MINUTE.multipliedBy(2))),
                partitions.listAll()))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("another schema hash");
  }

  private List<String> content(Partition partition) {
    Path file = folder.resolve("lake").resolve(partition.filePath().orElseThrow());
    List<String> lines = new ArrayList<>();
    try (QueryResult result =
        engine.query(
            new QueryRequest(
                UUID.randomUUID(),
                "SELECT CAST(CAST(time AS BIGINT) / 1000000000 AS BIGINT) AS t, level, total FROM kept",
                TimeRange.ALL,
                OptionalLong.empty(),
                new OneTable(new Kept(stats.schema().arrow(), file)),
                EngineSettings.DEFAULT_LIMITS))) {
      while (result.next()) {
        for (int row = 0; row < result.root().getRowCount(); row++) {
          lines.add(
              result.root().getVector(0).getObject(row)
                  + " "
                  + result.root().getVector(1).getObject(row)
                  + " "
                  + result.root().getVector(2).getObject(row));
        }
      }
    }
    return lines;
  }

  private List<Path> scratch() {
    try (Stream<Path> files = Files.list(folder.resolve("scratch"))) {
      return files.toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static MetadataStore noMetadata() {
    return (MetadataStore)
        java.lang.reflect.Proxy.newProxyInstance(
            SqlViewLifeTest.class.getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) -> {
              throw new AssertionError("not used");
            });
  }

  private record Kept(Schema schema, Path file) implements TableProvider {
    @Override
    public String name() {
      return "kept";
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return Optional.empty();
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      return new ScanPlan(
          List.of(new ScanPart.ParquetFiles(List.of(file))), Optional.empty(), () -> {});
    }
  }

  private record OneTable(TableProvider only) implements TableCatalog {
    @Override
    public List<TableProvider> tables() {
      return List.of(only);
    }

    @Override
    public TableProvider instance(String viewSet, String instanceId) {
      throw new BadRequestException("none");
    }

    @Override
    public List<TableFunction> functions() {
      return List.of();
    }
  }

  /// The table `entries`, written to a file when it is read.
  private final class Rows implements TableCatalog, TableProvider {
    private final List<String> values = new ArrayList<>();
    int scansBeforeFailure = Integer.MAX_VALUE;

    void add(Instant insertTime, long eventSecond, int level) {
      values.add(
          "('%s', '%s', %d)".formatted(insertTime, Instant.ofEpochSecond(eventSecond), level));
    }

    @Override
    public String name() {
      return "entries";
    }

    @Override
    public Schema schema() {
      return ENTRIES.arrow();
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return Optional.of(ENTRIES.eventTime());
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      if (scansBeforeFailure-- <= 0) {
        throw new micromegas.common.CorruptDataException("entries cannot be read");
      }
      if (values.isEmpty()) {
        return new ScanPlan(List.of(), Optional.empty(), () -> {});
      }
      Path file = folder.resolve("entries-" + UUID.randomUUID() + ".parquet");
      engine.export(
          new ExportRequest(
              "SELECT CAST(i AS TIMESTAMPTZ_NS) AS insert_time, CAST(t AS TIMESTAMPTZ_NS) AS time,"
                  + " CAST(l AS INTEGER) AS level FROM (VALUES "
                  + String.join(", ", values)
                  + ") AS v(i, t, l)",
              new OneTable(new Kept(ENTRIES.arrow(), file)),
              file,
              Optional.empty()));
      return new ScanPlan(
          List.of(new ScanPart.ParquetFiles(List.of(file))), Optional.empty(), () -> {});
    }

    @Override
    public List<TableProvider> tables() {
      return List.of(this);
    }

    @Override
    public TableProvider instance(String viewSet, String instanceId) {
      throw new BadRequestException("none");
    }

    @Override
    public List<TableFunction> functions() {
      return List.of();
    }
  }
}
