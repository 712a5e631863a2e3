package micromegas.lakehouse.materialize;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.Nanos;
import micromegas.lakehouse.blocks.JsonbObject;
import micromegas.lakehouse.columns.BytesListColumn;
import micromegas.lakehouse.columns.Column;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Copies rows of the join of blocks, streams and processes into the columns of the view set
/// `blocks` (`views.md` 10): columns map by position; a NULL text is stored as empty, a NULL time
/// or one beyond the years of nanoseconds as 0. Not thread-safe.
final class BlockRowColumns {
  /// The columns of [#JOIN], in the order of the view set.
  static final String SELECT =
      """
      SELECT b.block_id::text, s.stream_id::text, p.process_id::text, b.begin_time, b.begin_ticks,
             b.end_time, b.end_ticks, b.nb_objects, b.object_offset, b.payload_size, b.insert_time,
             s.dependencies_metadata, s.objects_metadata, s.tags,
             ARRAY(SELECT unnest(ARRAY[e.key, e.value]) FROM unnest(s.properties) e),
             s.insert_time, s.format, p.start_time, p.start_ticks, p.tsc_frequency, p.exe,
             p.username, p.realname, p.computer, p.distro, p.cpu_brand, p.insert_time,
             p.parent_process_id::text,
             ARRAY(SELECT unnest(ARRAY[e.key, e.value]) FROM unnest(p.properties) e)
      FROM blocks b
      JOIN streams s ON s.stream_id = b.stream_id
      JOIN processes p ON p.process_id = b.process_id
      """;

  static final String ORDER = " ORDER BY b.insert_time, b.block_id";

  private static final int BEGIN_TIME = 3;
  private static final int INSERT_TIME = 10;
  private static final byte[] NOTHING = {};

  private final JsonbObject document = new JsonbObject();

  void append(ResultSet row, ColumnBatch out) throws SQLException {
    List<Field> fields = out.schema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      Column column = out.column(i);
      switch (fields.get(i).getType()) {
        case ArrowType.Timestamp t ->
            out.longs(i).append(nanos(row.getObject(i + 1, OffsetDateTime.class)));
        case ArrowType.Utf8 t -> {
          byte[] text = utf8(row.getString(i + 1));
          out.bytes(i).append(text, 0, text.length);
        }
        case ArrowType.Binary t when column instanceof DictionaryColumn properties ->
            appendProperties(row.getArray(i + 1), properties);
        case ArrowType.Binary t -> {
          byte[] bytes = row.getBytes(i + 1);
          byte[] value = bytes == null ? NOTHING : bytes;
          out.bytes(i).append(value, 0, value.length);
        }
        case ArrowType.List t -> ((BytesListColumn) column).append(tags(row.getArray(i + 1)));
        case ArrowType.Int t when t.getBitWidth() == 64 -> out.longs(i).append(row.getLong(i + 1));
        default -> out.ints(i).append(row.getInt(i + 1));
      }
    }
    int last = out.rows() - 1;
    long begin = out.longs(BEGIN_TIME).get(last);
    long inserted = out.longs(INSERT_TIME).get(last);
    // A client clock ahead of ours must not turn the bounds around.
    out.widen(Math.min(begin, inserted), Math.max(begin, inserted));
  }

  private void appendProperties(@Nullable Array keysAndValues, DictionaryColumn out)
      throws SQLException {
    document.clear();
    if (keysAndValues != null) {
      String[] texts = (String[]) keysAndValues.getArray();
      for (int i = 0; i + 1 < texts.length; i += 2) {
        document.add(utf8(texts[i]), utf8(texts[i + 1]));
      }
    }
    document.encode();
    out.appendIndex(out.intern(document.document(), 0, document.length()));
  }

  private static @Nullable List<byte[]> tags(@Nullable Array array) throws SQLException {
    if (array == null) {
      return null;
    }
    List<byte[]> tags = new ArrayList<>();
    for (@Nullable String tag : (String[]) array.getArray()) {
      tags.add(utf8(tag));
    }
    return tags;
  }

  private static byte[] utf8(@Nullable String text) {
    return text == null ? NOTHING : text.getBytes(StandardCharsets.UTF_8);
  }

  private static long nanos(@Nullable OffsetDateTime time) {
    if (time == null) {
      return 0;
    }
    Instant instant = time.toInstant();
    long nanos = Nanos.fromInstant(instant);
    return nanos == Long.MIN_VALUE || nanos == Long.MAX_VALUE ? 0 : nanos;
  }
}
