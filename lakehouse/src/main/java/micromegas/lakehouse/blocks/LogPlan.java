package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;

/// How the events of one log stream are read: a reader per type index, with its field handles found
/// when the first event of the type is met. Belongs to one decoding thread.
final class LogPlan {
  static final byte UNRESOLVED = 0;
  static final byte UNKNOWN = 1;
  static final byte STATIC = 2;
  static final byte STRING = 3;
  static final byte LEGACY_STRING = 4;
  static final byte TAGGED = 5;
  static final byte STATIC_INTEROP = 6;
  static final byte STRING_INTEROP = 7;
  static final byte LEGACY_INTEROP = 8;
  static final byte TAGGED_INTEROP = 9;

  /// Field handles of one type; a reader knows which of them it has.
  static final class Fields {
    FieldAccess descriptor = FieldAccess.ABSENT;
    FieldAccess time = FieldAccess.ABSENT;
    FieldAccess level = FieldAccess.ABSENT;
    FieldAccess target = FieldAccess.ABSENT;
    FieldAccess message = FieldAccess.ABSENT;
    int targetBytes;
  }

  private final TypeTable dependencies;
  private final TypeTable objects;
  private final byte[] readers;
  private final Fields[] fields;

  LogPlan(TransitLayout layout) {
    dependencies = layout.dependencies();
    objects = layout.objects();
    readers = new byte[objects.addressableTypes()];
    fields = new Fields[readers.length];
    for (int type = 0; type < fields.length; type++) {
      fields[type] = new Fields();
    }
  }

  TypeTable dependencyTypes() {
    return dependencies;
  }

  byte reader(int type) {
    byte reader = readers[type];
    return reader != UNRESOLVED ? reader : resolve(type);
  }

  Fields fields(int type) {
    return fields[type];
  }

  String name(int type) {
    return objects.type(type).name();
  }

  private byte resolve(int type) {
    RecordLayout layout = objects.type(type);
    Fields found = new Fields();
    byte reader = layout.size() > 0 ? fixed(layout, found) : variable(layout, found);
    fields[type] = found;
    readers[type] = reader; // last: a type that cannot be read is tried again and fails again
    return reader;
  }

  private static byte fixed(RecordLayout layout, Fields found) {
    switch (layout.name()) {
      case "LogStaticStrEvent" -> {
        found.descriptor = layout.reference("desc");
        found.time = layout.longField("time");
        return STATIC;
      }
      case "LogStaticStrInteropEvent" -> {
        found.time = layout.longField("time");
        found.level = layout.intField("level");
        found.target = layout.reference("target");
        found.message = layout.reference("msg");
        return STATIC_INTEROP;
      }
      default -> {
        layout.requireReadable();
        return UNKNOWN;
      }
    }
  }

  private byte variable(RecordLayout layout, Fields found) {
    return switch (layout.name()) {
      case "LogStringEvent" -> LEGACY_STRING;
      case "LogStringEventV2" -> STRING;
      case "TaggedLogString" -> TAGGED;
      case "LogStringInteropEventV2" -> interop(found, "StringId", LEGACY_INTEROP);
      case "LogStringInteropEventV3" -> interop(found, "StaticStringRef", STRING_INTEROP);
      case "TaggedLogInteropEvent" -> interop(found, "StaticStringRef", TAGGED_INTEROP);
      default -> UNKNOWN;
    };
  }

  private byte interop(Fields found, String referenceType, byte reader) {
    RecordLayout layout = objects.require(referenceType);
    found.targetBytes = layout.size();
    found.target = layout.standsForReference();
    return reader;
  }
}
