package micromegas.lakehouse.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.SchemaBuilder;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Row groups of large values.
class RowGroupSizesTest {
  private static final Schema SCHEMA =
      new SchemaBuilder()
          .required(ColumnType.TIMESTAMP, "time")
          .required(ColumnType.DICTIONARY_TEXT, "target")
          .required(ColumnType.BINARY, "data")
          .build();

  private static final int LIMIT = 256 << 10;
  private static final ParquetOptions OPTIONS =
      new ParquetOptions(1, 131_072, LIMIT, 131_072, 1 << 20, 8 << 10);

  @TempDir Path folder;

  @Test
  void noRowGroupUnfoldsBeyondItsBytes() {
    Random random = new Random(20261124);
    int cuts = 0;
    for (int round = 0; round < 60; round++) {
      ColumnBatch batch = random(random);
      RowGroupSizes sizes = new RowGroupSizes(batch, OPTIONS);
      try (RowGroupEncoder encoder = new RowGroupEncoder(SCHEMA, OPTIONS)) {
        int from = 0;
        while (from < batch.rows()) {
          int to = sizes.end(from, batch.rows());
          assertThat(to).isGreaterThan(from);
          long bytes = uncompressed(encoder.encode(batch, from, to));
          if (to - from > 1) {
            assertThat(bytes)
                .as("rows %d to %d of round %d", from, to, round)
                .isLessThan(LIMIT + LIMIT / 8);
          }
          cuts += to < batch.rows() ? 1 : 0;
          from = to;
        }
      }
    }
    assertThat(cuts).isGreaterThan(50);
  }

  @Test
  void oneHugeTextOnManyRowsIsWrittenOnce() throws Exception {
    int length = 2 << 20; // more than a dictionary may usually take
    int rows = 5000;
    ColumnBatch batch = new ColumnBatch(SCHEMA);
    DictionaryColumn targets = batch.dictionary(1);
    int huge = targets.intern("x".repeat(length).getBytes());
    for (int row = 0; row < rows; row++) {
      batch.longs(0).append(row);
      targets.appendIndex(huge);
      batch.bytes(2).append(new byte[0], 0, 0);
    }
    ParquetOptions options = ParquetOptions.DEFAULT;
    assertThat(new RowGroupSizes(batch, options).end(0, rows)).isEqualTo(rows);
    Path file = folder.resolve("huge.parquet");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        RowGroupEncoder encoder = new RowGroupEncoder(SCHEMA, options);
        DuckDbReader reader = new DuckDbReader()) {
      ParquetAppender appender = new ParquetAppender(channel, SCHEMA);
      EncodedRowGroup group = encoder.encode(batch, 0, rows);
      assertThat(uncompressed(group)).isLessThan(length + 100_000L);
      appender.append(group);
      appender.finish();
      assertThat(reader.query(file, "SELECT count(*), count(DISTINCT md5(target)) FROM $file"))
          .isEqualTo(List.of(List.of((long) rows, 1L)));
    }
  }

  private static long uncompressed(EncodedRowGroup group) {
    return group.chunks().stream().mapToLong(EncodedChunk::uncompressedBytes).sum();
  }

  /// A few large values among small ones, repeated seldom or often.
  private static ColumnBatch random(Random random) {
    ColumnBatch batch = new ColumnBatch(SCHEMA);
    DictionaryColumn targets = batch.dictionary(1);
    int distinct = 1 + random.nextInt(random.nextBoolean() ? 20 : 3000);
    int large = 1 + random.nextInt(10);
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < distinct; i++) {
      byte[] value = new byte[random.nextInt(large) == 0 ? random.nextInt(20_000) : 10];
      random.nextBytes(value);
      values.add(value);
    }
    int rows = 1 + random.nextInt(6000);
    boolean images = random.nextInt(3) == 0;
    byte[] image = new byte[images ? 50_000 : 10];
    for (int row = 0; row < rows / (images ? 20 : 1) + 1; row++) {
      batch.longs(0).append(row * 1000L);
      targets.appendIndex(targets.intern(values.get(random.nextInt(distinct))));
      random.nextBytes(image);
      batch.bytes(2).append(image, 0, random.nextInt(image.length));
    }
    return batch;
  }
}
