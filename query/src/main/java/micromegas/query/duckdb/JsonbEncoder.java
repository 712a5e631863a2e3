package micromegas.query.duckdb;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// JSON text to binary JSON (layout in [Jsonb]). Accepts standard JSON; integers that do not fit 64
/// bits and numbers with a fraction or exponent become floating point.
final class JsonbEncoder {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64);

  /// A value before its place in the document is known.
  private record Encoded(int type, byte[] payload) {
    int entry() {
      return type << 28 | payload.length;
    }
  }

  private JsonbEncoder() {}

  /// @return null for text that is not JSON, or has an object with a key twice
  static byte @Nullable [] encode(String json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      Encoded value =
          tree == null || tree.isMissingNode()
              ? new Encoded(Jsonb.NULL, new byte[0])
              : encode(tree);
      if (value.type == Jsonb.CONTAINER) {
        return value.payload;
      }
      return ByteBuffer.allocate(8 + value.payload.length)
          .putInt(Jsonb.SCALAR_HEADER)
          .putInt(value.entry())
          .put(value.payload)
          .array();
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /// The document of an object or array.
  static byte[] encodeTree(JsonNode container) {
    return encode(container).payload;
  }

  /// A document of one number, boolean or null.
  static byte[] ofScalar(@Nullable Object value) {
    byte[] document = encode(String.valueOf(value));
    if (document == null) {
      // Not a number in JSON.
      document = encode("null");
    }
    return java.util.Objects.requireNonNull(document);
  }

  private static Encoded encode(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> new Encoded(Jsonb.STRING, node.textValue().getBytes(StandardCharsets.UTF_8));
      case BOOLEAN -> new Encoded(node.booleanValue() ? Jsonb.TRUE : Jsonb.FALSE, new byte[0]);
      case NUMBER -> new Encoded(Jsonb.NUMBER, number(node));
      case ARRAY -> array(node);
      case OBJECT -> object(node);
      default -> new Encoded(Jsonb.NULL, new byte[0]);
    };
  }

  private static byte[] number(JsonNode node) {
    if (node.isIntegralNumber()) {
      BigInteger value = node.bigIntegerValue();
      if (value.signum() == 0) {
        return new byte[] {0};
      }
      if (value.signum() > 0 && value.compareTo(MAX_UNSIGNED) < 0) {
        return integer(0x50, value.longValue(), (value.bitLength() + 7) / 8);
      }
      if (value.bitLength() < 64) {
        return integer(0x40, value.longValue(), value.bitLength() / 8 + 1);
      }
    }
    return ByteBuffer.allocate(9).put((byte) 0x60).putDouble(node.doubleValue()).array();
  }

  /// Sizes are 1, 2, 4 or 8 bytes.
  private static byte[] integer(int tag, long bits, int bytes) {
    int size = bytes <= 1 ? 1 : bytes == 2 ? 2 : bytes <= 4 ? 4 : 8;
    byte[] wide = ByteBuffer.allocate(8).putLong(bits).array();
    byte[] out = new byte[1 + size];
    out[0] = (byte) tag;
    System.arraycopy(wide, 8 - size, out, 1, size);
    return out;
  }

  private static Encoded array(JsonNode node) {
    List<Encoded> elements = new ArrayList<>();
    node.forEach(element -> elements.add(encode(element)));
    return container(0x80000000 | elements.size(), List.of(), elements);
  }

  private static Encoded object(JsonNode node) {
    TreeMap<byte[], Encoded> members = new TreeMap<>(Arrays::compareUnsigned);
    node.properties()
        .forEach(member ->
            members.put(
                member.getKey().getBytes(StandardCharsets.UTF_8), encode(member.getValue())));
    List<Encoded> keys =
        members.keySet().stream().map(key -> new Encoded(Jsonb.STRING, key)).toList();
    return container(0x40000000 | members.size(), keys, List.copyOf(members.values()));
  }

  private static Encoded container(int header, List<Encoded> keys, List<Encoded> values) {
    List<Encoded> all = new ArrayList<>(keys);
    all.addAll(values);
    int size = 4 + 4 * all.size() + all.stream().mapToInt(part -> part.payload.length).sum();
    ByteBuffer out = ByteBuffer.allocate(size).putInt(header);
    all.forEach(part -> out.putInt(part.entry()));
    all.forEach(part -> out.put(part.payload));
    return new Encoded(Jsonb.CONTAINER, out.array());
  }
}
