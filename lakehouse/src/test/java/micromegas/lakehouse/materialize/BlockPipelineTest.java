package micromegas.lakehouse.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.common.CorruptDataException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.EventTimeColumns;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Decoding side by side, with neighbours that fail.
class BlockPipelineTest {
  private static final Instant TIME = Instant.parse("2026-11-23T20:00:00Z");
  private static final UUID PROCESS = new UUID(1, 1);
  private static final StoredStream STREAM =
      new StoredStream(
          new StreamInfo(
              PROCESS, new UUID(2, 2), List.of(), List.of(), List.of("log"), Map.of(), "t"),
          TIME);
  private static final StoredProcess PROCESS_ROW =
      new StoredProcess(
          new ProcessInfo(PROCESS, "", "", "", "", "", "", 1, TIME, 0, Optional.empty(), Map.of()),
          TIME);

  @TempDir Path folder;
  private final Recorder errors = new Recorder();

  @Test
  void rowsComeInBlockOrderAndFailuresLeaveTheirNeighbours() throws Exception {
    List<SourceBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      blocks.add(block(i, 1 + i % 50));
    }
    long expectedRows = 0;
    for (int i = 0; i < 300; i++) {
      expectedRows += i % 7 == 3 || i % 11 == 5 ? 0 : 1 + i % 50;
    }
    Path target = folder.resolve("out.parquet");
    BlockFileWriter.Written written;
    // Blocks 3, 10, … are corrupt, 5, 16, … are missing in the store.
    try (BlockPipeline pipeline = pipeline(key -> number(key) % 11 == 5)) {
      written = pipeline.write(view(7, 3), blocks, target);
    }
    assertThat(written.sourceObjects()).isEqualTo(expectedRows);
    assertThat(written.file().rows()).isEqualTo(expectedRows);
    assertThat(written.file().eventTime()).contains(new TimeRange(0, 299_049));
    assertThat(errors.failed)
        .hasSize(
            (int)
                blocks.stream()
                    .filter(b -> {
                      long n = number(b.block().objectKey());
                      return n % 7 == 3 || n % 11 == 5;
                    })
                    .count());
    assertThat(errors.forgotten).hasSize(300 - errors.failed.size());
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT epoch_ns(time) FROM read_parquet('" + target + "')")) {
      long previous = -1;
      int count = 0;
      while (rows.next()) {
        assertThat(rows.getLong(1)).isGreaterThan(previous);
        previous = rows.getLong(1);
        count++;
      }
      assertThat(count).isEqualTo((int) expectedRows);
    }
  }

  @Test
  void storeThatFailsEndsTheBuildWithoutATraceAndWithoutBlame() throws Exception {
    List<SourceBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      blocks.add(block(i, 10));
    }
    Path target = folder.resolve("out.parquet");
    try (BlockPipeline pipeline =
        pipeline(key -> {
          if (number(key) == 250) {
            throw new UnavailableException("store is away");
          }
          return false;
        })) {
      assertThatThrownBy(() -> pipeline.write(view(1000, 999), blocks, target))
          .isInstanceOf(UnavailableException.class)
          .hasMessage("store is away");
      assertThat(target).doesNotExist();
      assertThat(errors.failed).isEmpty();
      // The memory of the failed write came back.
      assertThat(pipeline.write(view(1000, 999), blocks.subList(0, 100), target).file().rows())
          .isEqualTo(1000);
    }
  }

  @Test
  void noRowsLeaveNoFile() throws Exception {
    Path target = folder.resolve("out.parquet");
    try (BlockPipeline pipeline = pipeline(key -> false)) {
      BlockFileWriter.Written written =
          pipeline.write(view(1, 0), List.of(block(0, 5), block(1, 5)), target);
      assertThat(written.file()).isEqualTo(PartitionFile.EMPTY);
      assertThat(written.sourceObjects()).isZero();
      assertThat(pipeline.write(view(1, 0), List.of(), target).file())
          .isEqualTo(PartitionFile.EMPTY);
    }
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  /// 300 blocks of a hundred stored bytes that unfold to 64 KiB each: by their declared sizes they
  /// are one chunk of far less than a row group.
  @Test
  void compressibleBlocksAreEncodedBeforeTheyFillTheMemory() throws Exception {
    int limit = 1 << 20;
    AtomicLong most = new AtomicLong();
    ParquetOptions parquet = new ParquetOptions(1, 131_072, limit, 131_072, 1 << 20, 1 << 20);
    unfold(new PipelineSettings(2, 64 << 20, 4, DecodeLimits.DEFAULTS, parquet), most);
    assertThat(most).hasValueLessThan(limit + 2L * UNFOLDED);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT row_group_id, sum(total_uncompressed_size), any_value(row_group_num_rows)"
                    + " FROM parquet_metadata('"
                    + folder.resolve("unfolded.parquet")
                    + "') GROUP BY ALL")) {
      int groups = 0;
      while (rows.next()) {
        assertThat(rows.getLong(2)).isLessThan(limit + limit / 8);
        groups++;
      }
      assertThat(groups).isBetween(19, 40);
    }
  }

  /// The same with row groups that are much larger than the memory that all writes share.
  @Test
  void decodedColumnsStayWithinTheMemoryOfAllWrites() throws Exception {
    AtomicLong most = new AtomicLong();
    ParquetOptions parquet = new ParquetOptions(1, 131_072, 16 << 20, 131_072, 1 << 20, 1 << 20);
    unfold(new PipelineSettings(2, 4 << 20, 4, DecodeLimits.DEFAULTS, parquet), most);
    assertThat(most).hasValueLessThan((4L << 20) + 2L * UNFOLDED);
  }

  private static final int UNFOLDED = 64 << 10;

  /// @param most becomes the largest size of a batch
  private void unfold(PipelineSettings settings, AtomicLong most) {
    byte[] value = new byte[UNFOLDED / 16];
    BlockProcessor processor =
        processor((number, out) -> {
          for (int i = 0; i < 16; i++) {
            out.longs(0).append(number);
            value[0] = (byte) number;
            value[1] = (byte) (number >> 8);
            out.bytes(1).append(value, 0, value.length);
          }
          out.widen(number, number);
          most.accumulateAndGet(out.bytes(), Math::max);
        });
    List<SourceBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      blocks.add(block(i, 16));
    }
    Path target = folder.resolve("unfolded.parquet");
    Schema schema =
        new SchemaBuilder()
            .required(ColumnType.TIMESTAMP, "time")
            .required(ColumnType.BINARY, "data")
            .build();
    try (BlockPipeline pipeline = new BlockPipeline(new Store(key -> false), errors, settings)) {
      for (int i = 0; i < 2; i++) { // all memory came back after the first write
        assertThat(pipeline.write(view(schema, processor), blocks, target).file().rows())
            .isEqualTo(300 * 16);
        if (i == 0) {
          Files.delete(target);
        }
      }
      assertThat(pipeline.resources().memory().availablePermits())
          .isEqualTo(PipelineResources.permits(settings.maxInFlightBytes()));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private interface Missing {
    boolean test(String key);
  }

  private BlockPipeline pipeline(Missing missing) {
    ParquetOptions small = new ParquetOptions(1, 100, 1 << 20, 100, 1000, 1000);
    return new BlockPipeline(
        new Store(missing),
        errors,
        new PipelineSettings(2, 1 << 20, 4, DecodeLimits.DEFAULTS, small));
  }

  private static long number(String key) {
    return UUID.fromString(key.substring(key.lastIndexOf('/') + 1)).getLeastSignificantBits();
  }

  private static SourceBlock block(int number, int events) {
    BlockInfo info =
        new BlockInfo(
            new UUID(0, number), STREAM.info().streamId(), PROCESS, TIME, 0, TIME, 0, 0, events);
    return new SourceBlock(new StoredBlock(info, 100, TIME), STREAM, PROCESS_ROW);
  }

  /// Rows `number * 1000 + i`; block numbers equal to `rest` modulo `modulus` fail half way.
  private static View view(int modulus, int rest) {
    BlockProcessor processor =
        new BlockProcessor() {
          @Override
          public int version() {
            return 42;
          }

          @Override
          public void process(
              SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
            long number = block.block().info().blockId().getLeastSignificantBits();
            for (int i = 0; i < block.block().info().nbObjects(); i++) {
              long time = number * 1000 + i;
              out.longs(0).append(time);
              out.widen(time, time);
            }
            if (number % modulus == rest || modulus == 1) {
              throw new CorruptDataException("block " + number + " is corrupt");
            }
          }
        };
    return view(new SchemaBuilder().required(ColumnType.TIMESTAMP, "time").build(), processor);
  }

  private interface Decoder {
    void decode(long number, ColumnBatch out);
  }

  private static BlockProcessor processor(Decoder decoder) {
    return new BlockProcessor() {
      @Override
      public int version() {
        return 42;
      }

      @Override
      public void process(
          SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
        decoder.decode(block.block().info().blockId().getLeastSignificantBits(), out);
      }
    };
  }

  private static View view(Schema schema, BlockProcessor processor) {
    return new View(
        ViewId.global("things"),
        new ViewSchema(schema, new byte[] {1}, new EventTimeColumns("time", "time")),
        new ViewSource.Blocks("log", Map.of("t", processor)),
        Optional.empty());
  }

  private static final class Recorder implements BlockErrorSink {
    final List<UUID> failed = new ArrayList<>();
    final List<UUID> forgotten = new ArrayList<>();

    @Override
    public void record(String viewSet, StoredBlock block, int decoderVersion, String error) {
      assertThat(decoderVersion).isEqualTo(42);
      failed.add(block.info().blockId());
    }

    @Override
    public int forget(String viewSet, Collection<UUID> blockIds) {
      forgotten.addAll(blockIds);
      return 0;
    }
  }

  private record Store(Missing missing) implements ObjectStore {
    @Override
    public byte[] get(String key) {
      if (missing.test(key)) {
        throw new NotFoundException("no object " + key);
      }
      return new byte[] {1};
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes) {
      throw new AssertionError(key);
    }

    @Override
    public boolean putIfAbsent(String key, Path file) {
      throw new AssertionError(key);
    }

    @Override
    public java.io.InputStream open(String key) {
      throw new AssertionError(key);
    }

    @Override
    public byte[] getRange(String key, long offset, int length) {
      throw new AssertionError(key);
    }

    @Override
    public void delete(String key) {
      throw new AssertionError(key);
    }

    @Override
    public java.util.OptionalLong size(String key) {
      throw new AssertionError(key);
    }

    @Override
    public void list(String prefix, java.util.function.Consumer<String> consumer) {
      throw new AssertionError(prefix);
    }

    @Override
    public void close() {}
  }
}
