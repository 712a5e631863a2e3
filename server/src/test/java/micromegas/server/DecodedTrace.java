package micromegas.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import micromegas.otlp.ProtoReader;

/// A Perfetto trace as its viewer understands it (`trace_packet.proto`, `track_event.proto`).
final class DecodedTrace {
  /// Names of the tracks in order of their descriptors.
  final List<String> tracks = new ArrayList<>();

  /// By track name and slice name: begins.
  final Map<String, Integer> begins = new TreeMap<>();

  final Map<String, Integer> ends = new TreeMap<>();

  /// By track name: samples.
  final Map<String, Integer> samples = new TreeMap<>();

  final TreeSet<String> places = new TreeSet<>();

  private final Map<Long, String> trackNames = new HashMap<>();
  private final Map<Long, String> names = new HashMap<>();
  private final Map<Long, String> categories = new HashMap<>();
  private final Map<Long, String> locations = new HashMap<>();
  private final ProtoReader reader = new ProtoReader();
  private byte[] bytes = {};

  // The packet at hand.
  private long flags;
  private long type;
  private long name;
  private long track;

  static DecodedTrace of(byte[] bytes) {
    DecodedTrace trace = new DecodedTrace();
    trace.bytes = bytes;
    trace.reader.over(bytes, 0, bytes.length);
    while (trace.reader.next()) {
      trace.flags = 0;
      trace.type = 0;
      trace.message(trace::packetField);
      if ((trace.flags & 2) == 0) {
        throw new AssertionError("a packet that does not need incremental state");
      }
      trace.event();
    }
    return trace;
  }

  private void message(IntConsumer field) {
    int outer = reader.enter();
    while (reader.next()) {
      field.accept(reader.field());
    }
    reader.leave(outer);
  }

  private String text() {
    return new String(bytes, reader.begin(), reader.length(), StandardCharsets.UTF_8);
  }

  private void packetField(int field) {
    switch (field) {
      case 11 -> message(this::eventField);
      case 12 -> message(this::internedField);
      case 13 -> flags = reader.asLong();
      case 60 -> descriptor();
      default -> {}
    }
  }

  private void eventField(int field) {
    switch (field) {
      case 9 -> type = reader.asLong();
      case 10 -> name = reader.asLong();
      case 11 -> track = reader.asLong();
      default -> {}
    }
  }

  private void internedField(int field) {
    long[] id = new long[1];
    String[] value = {""};
    message(inner -> {
      if (inner == 1) {
        id[0] = reader.asLong();
      } else if (inner == 2) {
        value[0] = text();
      } else if (inner == 4) {
        value[0] += ":" + reader.asLong();
      }
    });
    Map<Long, String> table = field == 1 ? categories : field == 2 ? names : locations;
    if (table.put(id[0], value[0]) != null) {
      throw new AssertionError("id " + id[0] + " is interned twice");
    }
    if (field == 4) {
      places.add(value[0]);
    }
  }

  private void descriptor() {
    long[] uuid = new long[1];
    String[] shown = {""};
    message(field -> {
      switch (field) {
        case 1 -> uuid[0] = reader.asLong();
        case 2 -> shown[0] = text();
        case 3 ->
            message(inner -> {
              if (inner == 6) {
                shown[0] = "process " + text();
              }
            });
        case 4 ->
            message(inner -> {
              if (inner == 5) {
                shown[0] = text();
              }
            });
        default -> {}
      }
    });
    tracks.add(shown[0]);
    if (trackNames.put(uuid[0], shown[0]) != null) {
      throw new AssertionError("track " + shown[0] + " is described twice");
    }
  }

  private void event() {
    if (type == 0) {
      return;
    }
    String on = trackNames.get(track);
    if (on == null) {
      throw new AssertionError("an event on a track without descriptor");
    }
    switch ((int) type) {
      case 1 -> begins.merge(on + " " + names.get(name), 1, Integer::sum);
      case 2 -> ends.merge(on + " " + names.get(name), 1, Integer::sum);
      case 4 -> samples.merge(on, 1, Integer::sum);
      default -> throw new AssertionError("event of type " + type);
    }
  }
}
