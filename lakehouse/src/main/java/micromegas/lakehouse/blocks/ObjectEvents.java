package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// Every object type: fixed-size ones by their description, the known variable-size ones by their
/// names (`wire.md` 6.3, 6.8).
final class ObjectEvents implements EventTypes<ObjectEvents.Fields> {
  static final byte FIXED = EventFields.FIRST_READER;
  static final byte STRING = 3;
  static final byte LEGACY_STRING = 4;
  static final byte TAGGED = 5;
  static final byte STRING_INTEROP = 6;
  static final byte LEGACY_INTEROP = 7;
  static final byte TAGGED_INTEROP = 8;
  static final byte IMAGE = 9;

  static final class Fields extends EventFields {
    final RecordLayout type;

    /// The string reference of interop events: its size, and where its id lies.
    int referenceBytes;

    FieldAccess reference = FieldAccess.ABSENT;

    Fields(byte reader, RecordLayout type) {
      super(reader);
      this.type = type;
    }
  }

  @Override
  public Fields resolve(RecordLayout type, TypeTable objects) {
    if (type.size() > 0) {
      type.requireReadable();
      return new Fields(FIXED, type);
    }
    return switch (type.name()) {
      case "LogStringEvent" -> new Fields(LEGACY_STRING, type);
      case "LogStringEventV2" -> new Fields(STRING, type);
      case "TaggedLogString" -> new Fields(TAGGED, type);
      case "LogStringInteropEventV2" -> interop(LEGACY_INTEROP, type, objects, "StringId");
      case "LogStringInteropEventV3" -> interop(STRING_INTEROP, type, objects, "StaticStringRef");
      case "TaggedLogInteropEvent" -> interop(TAGGED_INTEROP, type, objects, "StaticStringRef");
      case "ImageEvent" -> new Fields(IMAGE, type);
      default -> new Fields(EventFields.UNKNOWN, type);
    };
  }

  private static Fields interop(
      byte reader, RecordLayout type, TypeTable objects, String referenceType) {
    RecordLayout reference = objects.require(referenceType);
    Fields found = new Fields(reader, type);
    found.referenceBytes = reference.size();
    found.reference = reference.standsForReference();
    return found;
  }
}
