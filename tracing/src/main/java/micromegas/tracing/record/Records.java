package micromegas.tracing.record;

import micromegas.transit.EventRecords;
import micromegas.transit.LittleEndian;

/// Puts events into byte arrays in the layout of [EventRecords]. The caller has made sure of the
/// room. Each method returns the position behind the event.
final class Records {
  private Records() {}

  static int span(byte[] out, int at, byte type, long descriptor, long ticks) {
    out[at] = type;
    LittleEndian.putLong(out, at + 1, descriptor);
    LittleEndian.putLong(out, at + 9, ticks);
    return at + EventRecords.SPAN_BYTES;
  }

  static int namedSpan(byte[] out, int at, byte type, long location, long name, long ticks) {
    out[at] = type;
    LittleEndian.putLong(out, at + 1, location);
    LittleEndian.putLong(out, at + 9, name);
    LittleEndian.putLong(out, at + 17, ticks);
    return at + EventRecords.NAMED_SPAN_BYTES;
  }

  static int asyncSpan(
      byte[] out, int at, byte type, long site, long id, long parent, int depth, long ticks) {
    out[at] = type;
    LittleEndian.putLong(out, at + 1, site);
    return asyncPart(out, at + 9, id, parent, depth, ticks);
  }

  static int namedAsyncSpan(
      byte[] out,
      int at,
      byte type,
      long location,
      long name,
      long id,
      long parent,
      int depth,
      long ticks) {
    out[at] = type;
    LittleEndian.putLong(out, at + 1, location);
    LittleEndian.putLong(out, at + 9, name);
    return asyncPart(out, at + 17, id, parent, depth, ticks);
  }

  private static int asyncPart(byte[] out, int at, long id, long parent, int depth, long ticks) {
    LittleEndian.putLong(out, at, id);
    LittleEndian.putLong(out, at + 8, parent);
    LittleEndian.putInt(out, at + 16, depth);
    LittleEndian.putLong(out, at + 20, ticks);
    return at + 28;
  }

  static int metric(byte[] out, int at, byte type, long descriptor, long bits, long ticks) {
    out[at] = type;
    LittleEndian.putLong(out, at + 1, descriptor);
    LittleEndian.putLong(out, at + 9, bits);
    LittleEndian.putLong(out, at + 17, ticks);
    return at + EventRecords.METRIC_BYTES;
  }

  static int taggedMetric(
      byte[] out, int at, byte type, long descriptor, long properties, long bits, long ticks) {
    out[at] = type;
    LittleEndian.putLong(out, at + 1, descriptor);
    LittleEndian.putLong(out, at + 9, properties);
    LittleEndian.putLong(out, at + 17, bits);
    LittleEndian.putLong(out, at + 25, ticks);
    return at + EventRecords.TAGGED_METRIC_BYTES;
  }

  static int constantLog(byte[] out, int at, long descriptor, long ticks) {
    out[at] = EventRecords.CONSTANT_LOG;
    LittleEndian.putLong(out, at + 1, descriptor);
    LittleEndian.putLong(out, at + 9, ticks);
    return at + EventRecords.CONSTANT_LOG_BYTES;
  }

  /// Everything before the text; `textBytes` must follow.
  static int logHead(byte[] out, int at, long descriptor, long ticks, int textBytes) {
    out[at] = EventRecords.LOG;
    LittleEndian.putInt(out, at + 1, EventRecords.LOG_BYTES - 5 + textBytes);
    LittleEndian.putLong(out, at + 5, descriptor);
    LittleEndian.putLong(out, at + 13, ticks);
    return textHead(out, at + 21, textBytes);
  }

  /// Everything before the text; `textBytes` must follow.
  static int taggedLogHead(
      byte[] out, int at, long descriptor, long properties, long ticks, int textBytes) {
    out[at] = EventRecords.TAGGED_LOG;
    LittleEndian.putInt(out, at + 1, EventRecords.TAGGED_LOG_BYTES - 5 + textBytes);
    LittleEndian.putLong(out, at + 5, descriptor);
    LittleEndian.putLong(out, at + 13, properties);
    LittleEndian.putLong(out, at + 21, ticks);
    return textHead(out, at + 29, textBytes);
  }

  static int textHead(byte[] out, int at, int textBytes) {
    out[at] = EventRecords.UTF8;
    LittleEndian.putInt(out, at + 1, textBytes);
    return at + 5;
  }
}
