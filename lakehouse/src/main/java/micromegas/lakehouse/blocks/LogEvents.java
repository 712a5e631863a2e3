package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The events of log streams (`wire.md` 6.3).
final class LogEvents implements EventTypes<LogEvents.Fields> {
  static final byte STATIC = EventFields.FIRST_READER;
  static final byte STRING = 3;
  static final byte LEGACY_STRING = 4;
  static final byte TAGGED = 5;
  static final byte STATIC_INTEROP = 6;
  static final byte STRING_INTEROP = 7;
  static final byte LEGACY_INTEROP = 8;
  static final byte TAGGED_INTEROP = 9;

  /// A reader knows which of the handles it has.
  static final class Fields extends EventFields {
    FieldAccess descriptor = FieldAccess.ABSENT;
    FieldAccess time = FieldAccess.ABSENT;
    FieldAccess level = FieldAccess.ABSENT;
    FieldAccess target = FieldAccess.ABSENT;
    FieldAccess message = FieldAccess.ABSENT;

    /// Size of the string reference of interop events.
    int targetBytes;

    Fields(byte reader) {
      super(reader);
    }
  }

  @Override
  public Fields resolve(RecordLayout type, TypeTable objects) {
    return type.size() > 0 ? fixed(type) : variable(type, objects);
  }

  private static Fields fixed(RecordLayout type) {
    switch (type.name()) {
      case "LogStaticStrEvent" -> {
        Fields found = new Fields(STATIC);
        found.descriptor = type.reference("desc");
        found.time = type.longField("time");
        return found;
      }
      case "LogStaticStrInteropEvent" -> {
        Fields found = new Fields(STATIC_INTEROP);
        found.time = type.longField("time");
        found.level = type.intField("level");
        found.target = type.reference("target");
        found.message = type.reference("msg");
        return found;
      }
      default -> {
        type.requireReadable();
        return new Fields(EventFields.UNKNOWN);
      }
    }
  }

  private static Fields variable(RecordLayout type, TypeTable objects) {
    return switch (type.name()) {
      case "LogStringEvent" -> new Fields(LEGACY_STRING);
      case "LogStringEventV2" -> new Fields(STRING);
      case "TaggedLogString" -> new Fields(TAGGED);
      case "LogStringInteropEventV2" -> interop(LEGACY_INTEROP, objects.require("StringId"));
      case "LogStringInteropEventV3" -> interop(STRING_INTEROP, objects.require("StaticStringRef"));
      case "TaggedLogInteropEvent" -> interop(TAGGED_INTEROP, objects.require("StaticStringRef"));
      default -> new Fields(EventFields.UNKNOWN);
    };
  }

  private static Fields interop(byte reader, RecordLayout reference) {
    Fields found = new Fields(reader);
    found.targetBytes = reference.size();
    found.target = reference.standsForReference();
    return found;
  }
}
