package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The events of the spans of threads in `cpu` streams (`wire.md` 6.5). Those of asynchronous spans
/// belong to `async_events`.
final class ThreadSpanEvents implements EventTypes<ThreadSpanEvents.Fields> {
  static final byte BEGIN = EventFields.FIRST_READER;
  static final byte END = 3;
  static final byte NAMED_BEGIN = 4;
  static final byte NAMED_END = 5;

  /// A reader knows which of the handles it has.
  static final class Fields extends EventFields {
    /// The descriptor, or the location of a span with a name of its own.
    FieldAccess site = FieldAccess.ABSENT;

    FieldAccess name = FieldAccess.ABSENT;
    FieldAccess time = FieldAccess.ABSENT;

    Fields(byte reader) {
      super(reader);
    }
  }

  @Override
  public Fields resolve(RecordLayout type, TypeTable objects) {
    Fields found = new Fields(type.size() == 0 ? EventFields.UNKNOWN : reader(type.name()));
    if (found.reader < EventFields.FIRST_READER) {
      type.requireReadable();
      return found;
    }
    if (found.reader == NAMED_BEGIN || found.reader == NAMED_END) {
      found.site = type.reference("thread_span_location");
      found.name = type.reference("name");
    } else {
      found.site = type.reference("thread_span_desc");
    }
    found.time = type.longField("time");
    return found;
  }

  private static byte reader(String type) {
    return switch (type) {
      case "BeginThreadSpanEvent" -> BEGIN;
      case "EndThreadSpanEvent" -> END;
      case "BeginThreadNamedSpanEvent" -> NAMED_BEGIN;
      case "EndThreadNamedSpanEvent" -> NAMED_END;
      case "BeginAsyncSpanEvent",
          "EndAsyncSpanEvent",
          "BeginAsyncNamedSpanEvent",
          "EndAsyncNamedSpanEvent" ->
          EventFields.FOREIGN;
      default -> EventFields.UNKNOWN;
    };
  }
}
