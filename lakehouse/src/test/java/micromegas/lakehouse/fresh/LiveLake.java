package micromegas.lakehouse.fresh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import micromegas.common.CorruptDataException;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.lake.DataLake;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.metadata.ConnectionString;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.FileObjectStore;
import micromegas.lake.partition.PostgresPartitionStore;
import micromegas.lake.testkit.TestPostgres;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.LakehouseSettings;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.view.BlockProcessors;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.ViewFactories;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewSetExtension;
import micromegas.query.EngineSettings;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.duckdb.DuckDbQueryEngine;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.apache.arrow.memory.RootAllocator;

/// A whole lakehouse on PostgreSQL, a folder and the real engine, with a clock that the test sets
/// and a decoder of its own: event `i` of a block is `i` milliseconds after the block's begin, its
/// text is `block/i`, and a payload that says so is corrupt for decoders below a version.
final class LiveLake implements AutoCloseable {
  private static final byte[] EMPTY_OBJECT = {0x40, 0, 0, 0};

  final Path folder;
  final MovedClock clock;
  final DataLake lake;
  final Database database;
  final AtomicInteger decoded = new AtomicInteger();
  private final RootAllocator allocator = new RootAllocator();
  private final FreshSettings fresh;
  private final List<ViewSetExtension> extensions;
  private final ConnectionString address;
  private DuckDbQueryEngine engine;
  private ViewFactory views;
  private Lakehouse lakehouse;

  LiveLake(Path folder, Instant now, FreshSettings fresh) {
    this(folder, now, fresh, List.of());
  }

  LiveLake(Path folder, Instant now, FreshSettings fresh, List<ViewSetExtension> extensions) {
    this(
        folder,
        folder.resolve("objects"),
        TestPostgres.freshConnectionString(),
        new MovedClock(now),
        fresh,
        extensions);
  }

  LiveLake(
      Path folder,
      Path objectFolder,
      ConnectionString address,
      MovedClock clock,
      FreshSettings fresh,
      List<ViewSetExtension> extensions) {
    this.extensions = extensions;
    this.folder = folder;
    this.clock = clock;
    this.fresh = fresh;
    this.address = address;
    this.database = Database.open(address, DatabaseSettings.DEFAULT.withPoolSize(10));
    FileObjectStore objects = new FileObjectStore(objectFolder, false);
    this.lake =
        new DataLake(
            new PostgresMetadataStore(database, TestPostgres.ANY_INSERT_TIME),
            objects,
            objects,
            new PostgresPartitionStore(database.dataSource(), clock, "test"));
    start(1);
  }

  /// Starts the server part (anew), with a decoder of that version.
  void start(int decoderVersion) {
    stop();
    Path work = folder.resolve("work");
    List<Path> roots = new ArrayList<>(lake.files().roots());
    roots.add(Lakehouse.dataFolder(work));
    roots.add(Lakehouse.dataFolder(folder.resolve("other")));
    EngineSettings engineSettings = EngineSettings.defaults(work, roots, 256L << 20, 256L << 20);
    engine = DuckDbQueryEngine.open(engineSettings, allocator);
    BlockProcessors decoders =
        BlockProcessors.NONE.with(
            LogEntriesViewMaker.VIEW_SET,
            StreamInfo.TRANSIT_FORMAT,
            new Decoder(decoderVersion, decoded));
    views = ViewFactories.standard(decoders, extensions);
    lakehouse = open(lake, work);
  }

  private Lakehouse open(DataLake through, Path work) {
    return new Lakehouse(
        through,
        engine,
        views,
        List.of(),
        work,
        new LakehouseSettings(
            fresh,
            PipelineSettings.defaults(),
            TailSegments.DEFAULT_MAX_BYTES,
            EngineSettings.DEFAULT_LIMITS),
        clock);
  }

  /// A lakehouse of another process, which reaches the same lake in its own way. Its folder is
  /// cleared, as after a restart.
  Lakehouse other(DataLake through) {
    return open(through, folder.resolve("other"));
  }

  /// Another server on this lake, with connections, an engine and a folder of its own.
  LiveLake peer(Path otherFolder) {
    return new LiveLake(otherFolder, folder.resolve("objects"), address, clock, fresh, extensions);
  }

  /// Where the lake's PostgreSQL is.
  ConnectionString address() {
    return address;
  }

  private void stop() {
    if (lakehouse != null) {
      lakehouse.close();
      engine.close();
    }
  }

  Lakehouse lakehouse() {
    return lakehouse;
  }

  /// A process with one log stream.
  record Source(UUID processId, UUID streamId) {
    static Source random() {
      return new Source(UUID.randomUUID(), UUID.randomUUID());
    }
  }

  Source newSource() {
    Source source = Source.random();
    insertProcess(source);
    insertStream(source);
    return source;
  }

  void insertProcess(Source source) {
    Instant now = clock.instant();
    lake.metadata()
        .insertProcess(
            new StoredProcess(
                new ProcessInfo(
                    source.processId(),
                    "game",
                    "ann",
                    "Ann",
                    "vm",
                    "linux",
                    "cpu",
                    1_000_000_000,
                    now,
                    0,
                    Optional.empty(),
                    Map.of("k", "v")),
                now));
  }

  void insertStream(Source source) {
    lake.metadata()
        .insertStream(
            new StoredStream(
                new StreamInfo(
                    source.processId(),
                    source.streamId(),
                    List.of(),
                    List.of(),
                    List.of("log"),
                    Map.of(),
                    StreamInfo.TRANSIT_FORMAT),
                clock.instant()));
  }

  /// A block whose events begin at `insertTime` minus one second.
  UUID insertBlock(Source source, Instant insertTime, int events) {
    return insertBlock(source, insertTime, insertTime.minusSeconds(1), events, "fine");
  }

  UUID insertBlock(
      Source source, Instant insertTime, Instant eventTime, int events, String payload) {
    return insertBlock(
        lake.metadata()::insertBlock, source, insertTime, eventTime, events, payload);
  }

  /// @param row stores the block's row
  UUID insertBlock(
      Consumer<StoredBlock> row,
      Source source,
      Instant insertTime,
      Instant eventTime,
      int events,
      String payload) {
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            source.streamId(),
            source.processId(),
            eventTime,
            0,
            eventTime.plusMillis(events),
            0,
            0,
            events);
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    StoredBlock block = new StoredBlock(info, bytes.length, insertTime);
    lake.objects().putIfAbsent(block.objectKey(), bytes);
    row.accept(block);
    return info.blockId();
  }

  /// The rows of a query, values joined by spaces.
  List<String> query(String sql) {
    return query(sql, TimeRange.ALL);
  }

  List<String> query(String sql, TimeRange range) {
    return query(sql, range, lakehouse);
  }

  List<String> query(String sql, TimeRange range, Lakehouse of) {
    List<String> rows = new ArrayList<>();
    try (QueryResult result =
        engine.query(
            new QueryRequest(
                UUID.randomUUID(),
                sql,
                range,
                OptionalLong.empty(),
                of.catalog(),
                EngineSettings.DEFAULT_LIMITS))) {
      while (result.next()) {
        for (int row = 0; row < result.root().getRowCount(); row++) {
          List<String> values = new ArrayList<>();
          for (var vector : result.root().getFieldVectors()) {
            values.add(String.valueOf(vector.getObject(row)));
          }
          rows.add(String.join(" ", values));
        }
      }
    }
    return rows;
  }

  /// Names and types of the columns of a query.
  List<String> types(String sql) {
    try (QueryResult result =
        engine.query(
            new QueryRequest(
                UUID.randomUUID(),
                sql,
                TimeRange.ALL,
                OptionalLong.empty(),
                lakehouse.catalog(),
                EngineSettings.DEFAULT_LIMITS))) {
      return result.root().getSchema().getFields().stream()
          .map(field -> field.getName() + " " + field.getType())
          .toList();
    }
  }

  long count(String sql) {
    return Long.parseLong(query(sql).getFirst());
  }

  /// Partition files and empty partitions of an instance, oldest first.
  List<String> partitions(String viewSet, String instanceId) {
    return lake.partitions().listAll().stream()
        .filter(p -> p.viewSet().equals(viewSet) && p.instanceId().equals(instanceId))
        .map(p -> p.beginInsertTime() + ".." + p.endInsertTime() + " " + p.numRows())
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    stop();
    allocator.close();
    database.close();
    try (var left = Files.walk(Lakehouse.dataFolder(folder.resolve("work")).resolve("scratch"))) {
      if (left.anyMatch(Files::isRegularFile)) {
        throw new AssertionError("files were left in the scratch folder");
      }
    } catch (java.nio.file.NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static final class MovedClock extends Clock {
    private volatile Instant now;

    MovedClock(Instant now) {
      this.now = now;
    }

    void set(Instant instant) {
      now = instant;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private record Decoder(int version, AtomicInteger decoded) implements BlockProcessor {
    @Override
    public void process(SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
      decoded.incrementAndGet();
      BlockInfo info = block.block().info();
      long begin = Nanos.fromInstant(info.beginTime());
      for (int i = 0; i < info.nbObjects(); i++) {
        text(out.dictionary(0), info.processId().toString());
        text(out.dictionary(1), info.streamId().toString());
        text(out.dictionary(2), info.blockId().toString());
        out.longs(3).append(Nanos.fromInstant(block.block().insertTime()));
        text(out.dictionary(4), block.process().info().exe());
        text(out.dictionary(5), block.process().info().username());
        text(out.dictionary(6), block.process().info().computer());
        long time = begin + i * 1_000_000L;
        out.longs(7).append(time);
        text(out.dictionary(8), "target");
        out.ints(9).append(1 + i % 6);
        byte[] message = (info.blockId() + "/" + i).getBytes(StandardCharsets.UTF_8);
        out.bytes(10).append(message, 0, message.length);
        bytes(out.dictionary(11), EMPTY_OBJECT);
        bytes(out.dictionary(12), EMPTY_OBJECT);
        out.widen(time, time);
        String text = new String(payload, StandardCharsets.UTF_8);
        if (text.startsWith("corrupt below ")
            && version < Integer.parseInt(text.substring("corrupt below ".length()))
            && i == info.nbObjects() / 2) {
          throw new CorruptDataException("event " + i + " of block " + info.blockId());
        }
      }
    }

    private static void text(DictionaryColumn column, String value) {
      bytes(column, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DictionaryColumn column, byte[] value) {
      column.appendIndex(column.intern(value, 0, value.length));
    }
  }
}
