package micromegas.lakehouse.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import micromegas.lakehouse.columns.ColumnBatch;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The query engine leaves row groups alone that cannot match. The content of the first row group
/// is destroyed, so that a query that touches it fails.
class ParquetPruningTest {
  private static final int GROUP = 2048;
  private static final String BEGIN = "2026-11-23T20:00:00Z";
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              new Field(
                  "time",
                  FieldType.notNullable(new ArrowType.Timestamp(TimeUnit.NANOSECOND, "+00:00")),
                  null),
              new Field(
                  "process_id",
                  new FieldType(
                      false,
                      new ArrowType.Utf8(),
                      new DictionaryEncoding(1, false, new ArrowType.Int(16, true))),
                  null),
              new Field("level", FieldType.notNullable(new ArrowType.Int(32, true)), null)));

  @TempDir Path folder;
  private DuckDbReader reader;
  private Path file;

  @BeforeEach
  void open() throws Exception {
    reader = new DuckDbReader();
    reader.run("SET TimeZone='UTC'");
    file = write();
  }

  @AfterEach
  void close() throws SQLException {
    reader.close();
  }

  @Test
  void destroyedRowGroupFailsQueriesThatNeedIt() throws Exception {
    assertThatThrownBy(() -> reader.query(file, "SELECT sum(level) FROM $file"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> sum("process_id = 'process-0'")).isInstanceOf(SQLException.class);
    // One nanosecond earlier than the second row group begins.
    assertThatThrownBy(() -> sum("time >= '2026-11-23 20:00:00.000002047+00'::TIMESTAMPTZ_NS"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void timesPruneRowGroupsToTheNanosecond() throws Exception {
    assertThat(sum("time >= '2026-11-23 20:00:00.000002048+00'::TIMESTAMPTZ_NS"))
        .isEqualTo(GROUP * 4L);
    assertThat(sum("time > '2026-11-23 20:00:00.000002047+00'::TIMESTAMPTZ_NS"))
        .isEqualTo(GROUP * 4L);
    assertThat(sum("time = '2026-11-23 20:00:00.000002050+00'::TIMESTAMPTZ_NS")).isEqualTo(4);
  }

  @Test
  void processPrunesRowGroups() throws Exception {
    assertThat(sum("process_id = 'process-1'")).isEqualTo(GROUP * 4L);
    assertThat(sum("process_id IN ('process-1', 'process-2')")).isEqualTo(GROUP * 4L);
  }

  private long sum(String filter) throws SQLException {
    return Long.parseLong(
        reader
            .query(file, "SELECT sum(level) FROM $file WHERE " + filter)
            .getFirst()
            .getFirst()
            .toString());
  }

  /// Two row groups of one process each, a row per nanosecond.
  private Path write() throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA);
    Instant begin = Instant.parse(BEGIN);
    long nanos = Math.addExact(begin.getEpochSecond() * 1_000_000_000L, begin.getNano());
    for (int i = 0; i < 2 * GROUP; i++) {
      batch.longs(0).append(nanos + i);
      int process = batch.dictionary(1).intern(("process-" + i / GROUP).getBytes(UTF_8));
      batch.dictionary(1).appendIndex(process);
      batch.ints(2).append(4);
    }
    Path target = folder.resolve("two-groups.parquet");
    try (FileChannel channel =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        RowGroupEncoder encoder = new RowGroupEncoder(SCHEMA, ParquetOptions.DEFAULT)) {
      ParquetAppender appender = new ParquetAppender(channel, SCHEMA);
      long first = appender.position();
      appender.append(encoder.encode(batch, 0, GROUP));
      long second = appender.position();
      appender.append(encoder.encode(batch, GROUP, 2 * GROUP));
      appender.finish();
      byte[] garbage = new byte[(int) (second - first)];
      java.util.Arrays.fill(garbage, (byte) 0xFF);
      channel.write(ByteBuffer.wrap(garbage), first);
    }
    return target;
  }
}
