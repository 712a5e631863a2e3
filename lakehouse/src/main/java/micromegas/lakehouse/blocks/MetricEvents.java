package micromegas.lakehouse.blocks;

import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The events of metric streams (`wire.md` 6.4).
final class MetricEvents implements EventTypes<MetricEvents.Fields> {
  static final byte INTEGER = EventFields.FIRST_READER;
  static final byte FLOAT = 3;
  static final byte TAGGED_INTEGER = 4;
  static final byte TAGGED_FLOAT = 5;

  /// A reader knows which of the handles it has.
  static final class Fields extends EventFields {
    FieldAccess descriptor = FieldAccess.ABSENT;
    FieldAccess properties = FieldAccess.ABSENT;
    FieldAccess value = FieldAccess.ABSENT;
    FieldAccess time = FieldAccess.ABSENT;

    Fields(byte reader) {
      super(reader);
    }
  }

  @Override
  public Fields resolve(RecordLayout type, TypeTable objects) {
    byte reader = type.size() == 0 ? EventFields.UNKNOWN : reader(type.name());
    Fields found = new Fields(reader);
    if (reader == EventFields.UNKNOWN) {
      type.requireReadable();
      return found;
    }
    found.descriptor = type.reference("desc");
    found.time = type.longField("time");
    found.value =
        reader == INTEGER || reader == TAGGED_INTEGER
            ? type.longField("value")
            : type.doubleField("value");
    if (reader == TAGGED_INTEGER || reader == TAGGED_FLOAT) {
      found.properties = type.reference("properties");
    }
    return found;
  }

  private static byte reader(String type) {
    return switch (type) {
      case "IntegerMetricEvent" -> INTEGER;
      case "FloatMetricEvent" -> FLOAT;
      case "TaggedIntegerMetricEvent" -> TAGGED_INTEGER;
      case "TaggedFloatMetricEvent" -> TAGGED_FLOAT;
      default -> EventFields.UNKNOWN;
    };
  }
}
