package micromegas.lakehouse.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import micromegas.lake.DataLake;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.FileObjectStore;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PostgresPartitionStore;
import micromegas.lake.partition.RetireRule;
import micromegas.lake.testkit.TestPostgres;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.BlockQuery;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.view.BlockProcessors;
import micromegas.lakehouse.view.BlocksView;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewId;
import micromegas.transit.BlockInfo;
import micromegas.transit.ClientTypes;
import micromegas.transit.LogBlockWriter;
import micromegas.transit.LogDescriptor;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From real blocks in a lake on PostgreSQL and the local disk to visible partitions.
class PublishedSlicesTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T07:00:00Z");
  private static final InsertSlice SLICE = new InsertSlice(HOUR, HOUR.plusSeconds(3600));
  private static final UUID PROCESS = UUID.randomUUID();
  private static final UUID STREAM = UUID.randomUUID();
  private static final int EVENTS = 100;

  @TempDir Path folder;

  private final Database database = TestPostgres.freshDatabase();
  private final View logs =
      new LogEntriesViewMaker(BlockProcessors.builtIn().of(LogEntriesViewMaker.VIEW_SET))
          .make(ViewId.GLOBAL);
  private FileObjectStore objects;
  private DataLake lake;
  private PartitionWriter writer;
  private BlockPipeline pipeline;
  private SourceTotals totals;
  private BlockListing listing;

  @BeforeEach
  void open() {
    objects = new FileObjectStore(folder.resolve("lake"), false);
    lake =
        new DataLake(
            new PostgresMetadataStore(database, TestPostgres.ANY_INSERT_TIME),
            objects,
            objects,
            new PostgresPartitionStore(database.dataSource(), Clock.systemUTC(), "test"));
    writer = new PartitionWriter(lake, Clock.systemUTC());
    totals = new SourceTotals(database.dataSource());
    listing = new BlockListing(database.dataSource(), new StreamDirectory(lake.metadata()));
    pipeline =
        new BlockPipeline(
            objects,
            new BlockErrors(database.dataSource(), Clock.systemUTC()),
            new PipelineSettings(2, 1 << 24, 4, DecodeLimits.DEFAULTS, ParquetOptions.DEFAULT));
    lake.metadata()
        .insertProcess(
            new StoredProcess(
                new ProcessInfo(
                    PROCESS,
                    "exe",
                    "user",
                    "real",
                    "computer",
                    "",
                    "",
                    1_000_000_000,
                    HOUR,
                    0,
                    Optional.empty(),
                    Map.of()),
                HOUR));
    lake.metadata()
        .insertStream(
            new StoredStream(
                new StreamInfo(
                    PROCESS,
                    STREAM,
                    ClientTypes.logDependencies(),
                    ClientTypes.logObjects(),
                    List.of("log"),
                    Map.of(),
                    StreamInfo.TRANSIT_FORMAT),
                HOUR));
  }

  @AfterEach
  void close() {
    pipeline.close();
    database.close();
  }

  @Test
  void decodedBlocksBecomeOneVisibleFileThatReplacesTheFormerOne() throws Exception {
    BlockSliceBuilder builder = logBuilder(this::listed);
    addBlock(1);
    addBlock(2);
    Partition first = builder.build(logs, SLICE);
    addBlock(3);
    assertThat(builder.count(logs, SLICE)).isEqualTo(3 * EVENTS);
    Partition second = builder.build(logs, SLICE);

    assertThat(visible(logs)).hasSize(1);
    assertThat(visible(logs).getFirst().filePath()).isEqualTo(second.filePath());
    assertThat(second.numRows()).isEqualTo(3 * EVENTS);
    assertThat(objects.size(second.filePath().orElseThrow())).hasValue(second.fileSize());
    assertThat(
            duck(
                "SELECT count(*) || ' ' || min(msg) || ' ' || any_value(target) || ' ' ||"
                    + " count(DISTINCT block_id) FROM read_parquet('%s')"
                        .formatted(
                            folder.resolve("lake").resolve(second.filePath().orElseThrow()))))
        .isEqualTo("300 1/0 app 3");
    // The former file stays for the queries that read it.
    assertThat(single("SELECT file_path FROM temporary_files"))
        .isEqualTo(first.filePath().orElseThrow());
    assertThat(objects.size(first.filePath().orElseThrow())).isPresent();
    assertNothingIsOnItsWay();
  }

  @Test
  void rowsOfBlocksBecomeAPartition() throws Exception {
    addBlock(1);
    addBlock(2);
    View blocks = BlocksView.create();
    BlockRowsSliceBuilder builder =
        new BlockRowsSliceBuilder(
            totals,
            new BlockRowsWriter(database.dataSource(), ParquetOptions.DEFAULT),
            writer,
            folder.resolve("scratch"));
    Partition partition = builder.build(blocks, SLICE);
    assertThat(partition.numRows()).isEqualTo(2).isEqualTo(builder.count(blocks, SLICE));
    assertThat(
            duck(
                "SELECT sum(nb_objects)::varchar FROM read_parquet('%s')"
                    .formatted(folder.resolve("lake").resolve(partition.filePath().orElseThrow()))))
        .isEqualTo("200");
    assertThat(visible(blocks)).hasSize(1);
    assertNothingIsOnItsWay();
  }

  @Test
  void aSliceWithoutBlocksIsAPartitionWithoutAFile() throws Exception {
    Partition partition = logBuilder(this::listed).build(logs, SLICE);
    assertThat(partition.filePath()).isEmpty();
    assertThat(visible(logs)).hasSize(1);
    assertNothingIsOnItsWay();
  }

  @Test
  void anInterruptedBuildLeavesNothing() throws Exception {
    addBlock(1);
    List<SourceBlock> blocks = new ArrayList<>(listing.list(query("log")));
    SliceBlocks breaking =
        (slice, tag) ->
            () ->
                Stream.concat(blocks.stream(), Stream.generate(PublishedSlicesTest::lost))
                    .iterator();
    assertThatThrownBy(() -> logBuilder(breaking).build(logs, SLICE))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("PostgreSQL is away");
    assertThat(visible(logs)).isEmpty();
    assertThat(viewObjects()).isEmpty();
    assertNothingIsOnItsWay();
  }

  @Test
  void aRefusedPartitionLeavesNoObjectAndNoRegistration() throws Exception {
    addBlock(1);
    Partition day =
        writer.publish(
            logs, HOUR, HOUR.plusSeconds(86_400), PartitionFile.EMPTY, 0, RetireRule.CONTAINMENT);
    assertThatThrownBy(() -> logBuilder(this::listed).build(logs, SLICE))
        .isInstanceOf(ConflictException.class)
        .hasNoSuppressedExceptions();
    assertThat(visible(logs))
        .singleElement()
        .satisfies(kept -> assertThat(kept.endInsertTime()).isEqualTo(day.endInsertTime()));
    assertThat(viewObjects()).isEmpty();
    assertNothingIsOnItsWay();
  }

  private BlockSliceBuilder logBuilder(SliceBlocks blocks) {
    return new BlockSliceBuilder(blocks, totals, pipeline, writer, folder.resolve("scratch"));
  }

  private Iterable<SourceBlock> listed(InsertSlice slice, String tag) {
    return listing.blocks(query(tag));
  }

  private static BlockQuery query(String tag) {
    return BlockQuery.of(SLICE).withTag(tag);
  }

  private static SourceBlock lost() {
    throw new UnavailableException("PostgreSQL is away");
  }

  /// As ingestion does: the object, then the row.
  private void addBlock(int minute) {
    LogBlockWriter block = new LogBlockWriter();
    LogDescriptor statement = new LogDescriptor("", "app", "module", "file", 1, 4);
    for (int i = 0; i < EVENTS; i++) {
      block.log(
          statement,
          minute * 60_000_000_000L + i,
          (minute + "/" + i).getBytes(StandardCharsets.UTF_8));
    }
    byte[] payload = PayloadCodec.encode(block.finish());
    Instant begin = HOUR.plusSeconds(minute * 60L);
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            STREAM,
            PROCESS,
            begin,
            minute * 60_000_000_000L,
            begin.plusSeconds(1),
            minute * 60_000_000_000L + 1_000_000_000L,
            0,
            EVENTS);
    StoredBlock stored = new StoredBlock(info, payload.length, begin.plusSeconds(2));
    objects.putIfAbsent(stored.objectKey(), payload);
    lake.metadata().insertBlock(stored);
  }

  private List<Partition> visible(View view) {
    return lake.partitions()
        .listByInsertTime(
            view.id().viewSet(), view.id().instanceId(), HOUR, HOUR.plusSeconds(86_400));
  }

  private List<String> viewObjects() {
    List<String> keys = new ArrayList<>();
    objects.list("views/", keys::add);
    return keys;
  }

  private void assertNothingIsOnItsWay() throws Exception {
    assertThat(single("SELECT count(*) FROM micromegas_java.file_uploads")).isEqualTo("0");
    if (Files.exists(folder.resolve("scratch"))) {
      assertThat(folder.resolve("scratch")).isEmptyDirectory();
    }
  }

  private String single(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      return single(connection, sql);
    }
  }

  private static String duck(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      return single(connection, sql);
    }
  }

  private static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
