package micromegas.otlp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import micromegas.otlp.testkit.Generated;
import org.junit.jupiter.api.Test;

/// The tables against the descriptors that protobuf's compiler made.
class OtlpSchemaTest {
  private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");

  @Test
  void allMessagesAreThere() {
    assertThat(OtlpSchema.messages().keySet()).isEqualTo(Generated.messages().keySet());
  }

  @Test
  void allFieldsAreAsTheDefinitionsSay() {
    for (Map.Entry<String, Descriptor> entry : Generated.messages().entrySet()) {
      MessageType type = OtlpSchema.message(entry.getKey());
      List<FieldDescriptor> expected = entry.getValue().getFields();
      assertThat(type.fields()).as(type.name()).hasSameSizeAs(expected);
      for (FieldDescriptor field : expected) {
        Field actual = type.field(field.getNumber());
        assertThat(actual).as("%s of %s", field, type).isNotNull();
        assertThat(type.field(field.getJsonName())).isSameAs(actual);
        assertThat(actual.type()).as(field.getFullName()).isEqualTo(type(field));
        assertThat(actual.presence()).as(field.getFullName()).isEqualTo(presence(field));
        assertThat(actual.inOneof())
            .as(field.getFullName())
            .isEqualTo(field.getRealContainingOneof() != null);
        assertThat(actual.isPacked()).as(field.getFullName()).isEqualTo(field.isPacked());
        if (actual.type() == FieldType.MESSAGE) {
          assertThat(actual.message())
              .isSameAs(OtlpSchema.message(field.getMessageType().getName()));
        }
        if (actual.type() == FieldType.ENUM) {
          for (EnumValueDescriptor value : field.getEnumType().getValues()) {
            assertThat(actual.enumNumber(value.getName())).contains(value.getNumber());
          }
        }
      }
      assertThat(entry.getValue().getRealOneofs()).as(type.name()).hasSizeLessThanOrEqualTo(1);
    }
  }

  private static FieldType type(FieldDescriptor field) {
    if (field.getType() == FieldDescriptor.Type.BYTES && IDS.contains(field.getJsonName())) {
      return FieldType.ID;
    }
    return FieldType.valueOf(field.getType().name());
  }

  private static Field.Presence presence(FieldDescriptor field) {
    if (field.isRepeated()) {
      return Field.Presence.REPEATED;
    }
    return field.hasPresence() ? Field.Presence.EXPLICIT : Field.Presence.IMPLICIT;
  }
}
