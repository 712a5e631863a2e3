package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The events of asynchronous spans in `cpu` streams (`wire.md` 6.6). All others of these streams
/// belong to `thread_spans`.
final class AsyncEvents implements EventTypes<AsyncEvents.Fields> {
  static final byte BEGIN = EventFields.FIRST_READER;
  static final byte END = 3;
  static final byte NAMED_BEGIN = 4;
  static final byte NAMED_END = 5;

  /// A reader knows which of the handles it has.
  static final class Fields extends EventFields {
    /// The descriptor, or the location of a span with a name of its own.
    FieldAccess site = FieldAccess.ABSENT;

    FieldAccess name = FieldAccess.ABSENT;
    FieldAccess spanId = FieldAccess.ABSENT;
    FieldAccess parentSpanId = FieldAccess.ABSENT;
    FieldAccess depth = FieldAccess.ABSENT;
    FieldAccess time = FieldAccess.ABSENT;

    Fields(byte reader) {
      super(reader);
    }
  }

  @Override
  public Fields resolve(RecordLayout type, TypeTable objects) {
    byte reader = type.size() == 0 ? EventFields.FOREIGN : reader(type.name());
    Fields found = new Fields(reader);
    if (reader == EventFields.FOREIGN) {
      type.requireReadable();
      return found;
    }
    if (reader == NAMED_BEGIN || reader == NAMED_END) {
      found.site = type.reference("span_location");
      found.name = type.reference("name");
    } else {
      found.site = type.reference("span_desc");
    }
    found.spanId = type.longField("span_id");
    found.parentSpanId = type.longField("parent_span_id");
    found.depth = type.intField("depth");
    found.time = type.longField("time");
    return found;
  }

  private static byte reader(String type) {
    return switch (type) {
      case "BeginAsyncSpanEvent" -> BEGIN;
      case "EndAsyncSpanEvent" -> END;
      case "BeginAsyncNamedSpanEvent" -> NAMED_BEGIN;
      case "EndAsyncNamedSpanEvent" -> NAMED_END;
      default -> EventFields.FOREIGN;
    };
  }
}
