package micromegas.lakehouse.perfetto;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/// Writes a Perfetto trace packet by packet (`protos/perfetto/trace/trace_packet.proto` and
/// `track_event/*.proto` of Perfetto; `sql.md` 5.5). Times are nanoseconds since 1970. Not
/// thread-safe.
///
/// Names, categories and places are interned: sent with the first packet that uses them. When many
/// have been, the table starts over, so memory does not grow with the number of names.
final class TraceWriter {
  /// Interned texts after which the table starts over.
  static final int MAX_INTERNED = 65_536;

  // TracePacket
  private static final int TIMESTAMP = 8;
  private static final int SEQUENCE_ID = 10;
  private static final int TRACK_EVENT = 11;
  private static final int INTERNED_DATA = 12;
  private static final int SEQUENCE_FLAGS = 13;
  private static final int TRACK_DESCRIPTOR = 60;
  private static final int FIRST_PACKET = 87;
  private static final int STATE_CLEARED = 1;
  private static final int NEEDS_STATE = 2;

  // TrackEvent
  private static final int CATEGORY_IID = 3;
  private static final int TYPE = 9;
  private static final int NAME_IID = 10;
  private static final int TRACK_UUID = 11;
  private static final int LOCATION_IID = 34;
  private static final int DOUBLE_VALUE = 44;
  private static final int SLICE_BEGIN = 1;
  private static final int SLICE_END = 2;
  private static final int COUNTER = 4;

  // InternedData
  private static final int CATEGORIES = 1;
  private static final int NAMES = 2;
  private static final int LOCATIONS = 4;

  private static final XXHash64 XXH64 = XXHashFactory.safeInstance().hash64();

  private final ProtoBuffer out = new ProtoBuffer();
  private final ProtoBuffer packet = new ProtoBuffer();
  private final ProtoBuffer body = new ProtoBuffer();
  private final ProtoBuffer part = new ProtoBuffer();
  private final ProtoBuffer interned = new ProtoBuffer();
  private final Map<String, Long> names = new HashMap<>();
  private final Map<String, Long> categories = new HashMap<>();
  private final Map<Location, Long> locations = new HashMap<>();
  private boolean first = true;
  private boolean cleared;

  private record Location(String file, long line) {}

  /// Identifies a track by a text.
  static long uuid(String text, long seed) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return XXH64.hash(utf8, 0, utf8.length, seed);
  }

  /// Bytes since the last [#take].
  int size() {
    return out.size();
  }

  /// The bytes since the last call.
  byte[] take() {
    byte[] bytes = out.toByteArray();
    out.clear();
    return bytes;
  }

  void process(long uuid, String name) {
    part.clear();
    part.varint(1, (int) uuid); // pid
    part.text(6, name);
    body.clear();
    body.varint(1, uuid);
    body.message(3, part);
    finish(TRACK_DESCRIPTOR);
  }

  void thread(long uuid, long processUuid, int tid, String name) {
    part.clear();
    part.varint(1, (int) processUuid); // pid
    part.varint(2, tid);
    part.text(5, name);
    body.clear();
    body.varint(1, uuid);
    body.message(4, part);
    body.varint(5, processUuid);
    finish(TRACK_DESCRIPTOR);
  }

  void track(long uuid, long processUuid, String name) {
    body.clear();
    body.varint(1, uuid);
    body.text(2, name);
    body.varint(5, processUuid);
    finish(TRACK_DESCRIPTOR);
  }

  void counterTrack(long uuid, long processUuid, String name, String unit) {
    part.clear();
    part.text(6, unit);
    body.clear();
    body.varint(1, uuid);
    body.text(2, name);
    body.varint(5, processUuid);
    body.message(8, part);
    finish(TRACK_DESCRIPTOR);
  }

  /// Begins or ends a span.
  void slice(
      boolean begin, long track, long nanos, String name, String category, String file, long line) {
    if (names.size() + categories.size() + locations.size() > MAX_INTERNED) {
      names.clear();
      categories.clear();
      locations.clear();
      cleared = true;
    }
    interned.clear();
    long nameId = intern(names, name, NAMES);
    long categoryId = intern(categories, category, CATEGORIES);
    long locationId = location(file, line);
    body.clear();
    body.varint(CATEGORY_IID, categoryId);
    body.varint(TYPE, begin ? SLICE_BEGIN : SLICE_END);
    body.varint(NAME_IID, nameId);
    body.varint(TRACK_UUID, track);
    body.varint(LOCATION_IID, locationId);
    packet.clear();
    packet.varint(TIMESTAMP, nanos);
    if (interned.size() > 0) {
      packet.message(INTERNED_DATA, interned);
    }
    end(TRACK_EVENT);
  }

  void counter(long track, long nanos, double value) {
    body.clear();
    body.varint(TYPE, COUNTER);
    body.varint(TRACK_UUID, track);
    body.number(DOUBLE_VALUE, value);
    packet.clear();
    packet.varint(TIMESTAMP, nanos);
    end(TRACK_EVENT);
  }

  private long intern(Map<String, Long> known, String text, int field) {
    @Nullable Long id = known.get(text);
    if (id != null) {
      return id;
    }
    long fresh = known.size() + 1;
    known.put(text, fresh);
    part.clear();
    part.varint(1, fresh);
    part.text(2, text);
    interned.message(field, part);
    return fresh;
  }

  private long location(String file, long line) {
    Location key = new Location(file, line);
    @Nullable Long id = locations.get(key);
    if (id != null) {
      return id;
    }
    long fresh = locations.size() + 1;
    locations.put(key, fresh);
    part.clear();
    part.varint(1, fresh);
    part.text(2, file);
    part.varint(4, line);
    interned.message(LOCATIONS, part);
    return fresh;
  }

  private void finish(int field) {
    packet.clear();
    end(field);
  }

  /// Adds the body to the packet, and the packet to the trace.
  private void end(int field) {
    packet.message(field, body);
    packet.varint(SEQUENCE_ID, 1);
    packet.varint(SEQUENCE_FLAGS, first || cleared ? STATE_CLEARED | NEEDS_STATE : NEEDS_STATE);
    if (first) {
      packet.varint(FIRST_PACKET, 1);
    }
    first = false;
    cleared = false;
    out.message(1, packet);
  }
}
