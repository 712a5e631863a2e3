package micromegas.otlp.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Random;

/// Random messages of any generated type. Defaults, extremes and text outside of ASCII are
/// frequent.
public final class RandomMessages {
  private static final List<String> TEXTS =
      List.of("", "a", "service.name", "größer", "日本語", "😀 \u0000 \"\\", "x".repeat(200));
  private static final double[] DOUBLES = {
    0.0, -0.0, 1, -1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 1e300
  };

  private final Random random;

  public RandomMessages(Random random) {
    this.random = random;
  }

  /// Fills about half of the fields.
  public Message fill(Message empty, int depth) {
    Message.Builder builder = empty.newBuilderForType();
    for (FieldDescriptor field : empty.getDescriptorForType().getFields()) {
      boolean isDeep = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth > 7;
      if (random.nextInt(5) < 2 || isDeep) {
        continue;
      }
      if (!field.isRepeated()) {
        builder.setField(field, value(builder, field, depth));
        continue;
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        builder.addRepeatedField(field, value(builder, field, depth));
      }
    }
    return builder.build();
  }

  private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> (int) number();
      case LONG -> number();
      case DOUBLE -> DOUBLES[random.nextInt(DOUBLES.length)];
      case BOOLEAN -> random.nextBoolean();
      case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
      case BYTE_STRING -> bytes();
      case ENUM -> {
        var values = field.getEnumType().getValues();
        yield values.get(random.nextInt(values.size()));
      }
      case MESSAGE -> fill(builder.newBuilderForField(field).build(), depth + 1);
      case FLOAT -> throw new IllegalStateException("OTLP has no float");
    };
  }

  private long number() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> random.nextInt(300);
      case 2 -> -1;
      case 3 -> Long.MIN_VALUE;
      default -> random.nextLong();
    };
  }

  private ByteString bytes() {
    byte[] bytes = new byte[List.of(0, 8, 16, 3).get(random.nextInt(4))];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
