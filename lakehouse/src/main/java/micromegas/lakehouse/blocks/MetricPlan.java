package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;

/// How the events of one metric stream are read: a reader per type index, with its field handles
/// found when the first event of the type is met. Belongs to one decoding thread.
final class MetricPlan {
  static final byte UNRESOLVED = 0;
  static final byte UNKNOWN = 1;
  static final byte INTEGER = 2;
  static final byte FLOAT = 3;
  static final byte TAGGED_INTEGER = 4;
  static final byte TAGGED_FLOAT = 5;

  /// Field handles of one type; a reader knows which of them it has.
  static final class Fields {
    FieldAccess descriptor = FieldAccess.ABSENT;
    FieldAccess properties = FieldAccess.ABSENT;
    FieldAccess value = FieldAccess.ABSENT;
    FieldAccess time = FieldAccess.ABSENT;
  }

  private final TypeTable dependencies;
  private final TypeTable objects;
  private final byte[] readers;
  private final Fields[] fields;

  MetricPlan(TransitLayout layout) {
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
    byte reader =
        layout.size() == 0
            ? UNKNOWN
            : switch (layout.name()) {
              case "IntegerMetricEvent" -> INTEGER;
              case "FloatMetricEvent" -> FLOAT;
              case "TaggedIntegerMetricEvent" -> TAGGED_INTEGER;
              case "TaggedFloatMetricEvent" -> TAGGED_FLOAT;
              default -> UNKNOWN;
            };
    Fields found = new Fields();
    if (reader == UNKNOWN) {
      layout.requireReadable();
    } else {
      found.descriptor = layout.reference("desc");
      found.time = layout.longField("time");
      found.value =
          reader == INTEGER || reader == TAGGED_INTEGER
              ? layout.longField("value")
              : layout.doubleField("value");
      if (reader == TAGGED_INTEGER || reader == TAGGED_FLOAT) {
        found.properties = layout.reference("properties");
      }
    }
    fields[type] = found;
    readers[type] = reader; // last: a type that cannot be read is tried again and fails again
    return reader;
  }
}
