package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The events of network streams (`wire.md` 6.7).
final class NetEvents implements EventTypes<NetEvents.Fields> {
  static final byte BEGIN = EventFields.FIRST_READER;
  static final byte END = 3;
  static final byte PROPERTY = 4;

  /// A reader knows which of the handles it has.
  static final class Fields extends EventFields {
    final NetSpanKind kind;
    FieldAccess time = FieldAccess.ABSENT;
    FieldAccess name = FieldAccess.ABSENT;
    FieldAccess bitSize = FieldAccess.ABSENT;

    /// Of connections only.
    FieldAccess outgoing = FieldAccess.ABSENT;

    Fields(byte reader, NetSpanKind kind) {
      super(reader);
      this.kind = kind;
    }
  }

  @Override
  public Fields resolve(RecordLayout type, TypeTable objects) {
    if (type.size() == 0) {
      return new Fields(EventFields.UNKNOWN, NetSpanKind.CONNECTION);
    }
    return switch (type.name()) {
      case "NetConnectionBeginEvent" -> {
        Fields found = begin(type, NetSpanKind.CONNECTION, "connection_name");
        found.outgoing = type.intField("is_outgoing");
        yield found;
      }
      case "NetConnectionEndEvent" -> end(type, NetSpanKind.CONNECTION);
      case "NetObjectBeginEvent" -> begin(type, NetSpanKind.OBJECT, "object_name");
      case "NetObjectEndEvent" -> end(type, NetSpanKind.OBJECT);
      case "NetRPCBeginEvent" -> begin(type, NetSpanKind.RPC, "function_name");
      case "NetRPCEndEvent" -> end(type, NetSpanKind.RPC);
      case "NetPropertyEvent" -> {
        Fields found = new Fields(PROPERTY, NetSpanKind.PROPERTY);
        found.time = type.longField("time");
        found.name = type.reference("property_name");
        found.bitSize = type.intField("bit_size");
        yield found;
      }
      default -> {
        type.requireReadable();
        yield new Fields(EventFields.UNKNOWN, NetSpanKind.CONNECTION);
      }
    };
  }

  private static Fields begin(RecordLayout type, NetSpanKind kind, String name) {
    Fields found = new Fields(BEGIN, kind);
    found.time = type.longField("time");
    found.name = type.reference(name);
    return found;
  }

  private static Fields end(RecordLayout type, NetSpanKind kind) {
    Fields found = new Fields(END, kind);
    found.time = type.longField("time");
    found.bitSize = type.intField("bit_size");
    return found;
  }
}
