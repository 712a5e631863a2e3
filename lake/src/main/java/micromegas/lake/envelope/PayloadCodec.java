package micromegas.lake.envelope;

import java.nio.charset.StandardCharsets;
import micromegas.common.CorruptDataException;
import micromegas.transit.BlockPayload;
import org.jspecify.annotations.Nullable;

/// The object that is stored for a block: a CBOR map of the two buffers. We write byte strings with
/// the shortest headers; we read any CBOR spelling, also arrays of integers, which old servers
/// wrote and which are never rewritten. Stateless.
public final class PayloadCodec {
  private static final byte[] DEPENDENCIES = key("dependencies");
  private static final byte[] OBJECTS = key("objects");
  private static final int MAP_OF_TWO = 0xa2;

  private PayloadCodec() {}

  /// The two buffers of a stored object. Parts of the stored bytes where these are byte strings of
  /// definite length, which is what every current server writes.
  public record Slices(ByteSlice dependencies, ByteSlice objects) {}

  /// The canonical bytes.
  ///
  /// @throws IllegalArgumentException when both buffers together exceed an array's length
  public static byte[] encode(BlockPayload payload) {
    byte[] dependencies = payload.dependencies();
    byte[] objects = payload.objects();
    long size =
        1L
            + DEPENDENCIES.length
            + headerSize(dependencies.length)
            + dependencies.length
            + OBJECTS.length
            + headerSize(objects.length)
            + objects.length;
    if (size > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException("payload of " + size + " bytes");
    }
    byte[] out = new byte[(int) size];
    out[0] = (byte) MAP_OF_TWO;
    int position = put(out, 1, DEPENDENCIES, dependencies);
    put(out, position, OBJECTS, objects);
    return out;
  }

  /// Reads a stored object into arrays of its own.
  ///
  /// @throws CorruptDataException when it is no payload
  public static BlockPayload decode(byte[] stored) {
    Slices slices = slices(stored);
    return new BlockPayload(slices.dependencies().toArray(), slices.objects().toArray());
  }

  /// Reads a stored object without copying; the decoders' way.
  ///
  /// @throws CorruptDataException when it is no payload
  public static Slices slices(byte[] stored) {
    EnvelopeLimits limits = EnvelopeLimits.DEFAULTS;
    try {
      return read(new CborReader(stored, limits.maxDepth(), limits.maxTextBytes()));
    } catch (MalformedCborException e) {
      throw new CorruptDataException("block payload: " + e.getMessage(), e);
    }
  }

  static Slices read(CborReader in) throws MalformedCborException {
    @Nullable ByteSlice dependencies = null;
    @Nullable ByteSlice objects = null;
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      switch (key) {
        case "dependencies" -> dependencies = Fields.once(in, key, dependencies, in.readBytes());
        case "objects" -> objects = Fields.once(in, key, objects, in.readBytes());
        default -> in.skip();
      }
    }
    return new Slices(
        Fields.required(in, "dependencies", dependencies), Fields.required(in, "objects", objects));
  }

  private static int put(byte[] out, int begin, byte[] key, byte[] value) {
    System.arraycopy(key, 0, out, begin, key.length);
    int position = begin + key.length;
    int header = headerSize(value.length);
    out[position] =
        (byte)
            switch (header) {
              case 1 -> 0x40 | value.length;
              case 2 -> 0x58;
              case 3 -> 0x59;
              default -> 0x5a;
            };
    for (int i = 1; i < header; i++) {
      out[position + i] = (byte) (value.length >>> 8 * (header - 1 - i));
    }
    System.arraycopy(value, 0, out, position + header, value.length);
    return position + header + value.length;
  }

  private static int headerSize(int length) {
    if (length < 24) {
      return 1;
    }
    return length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
  }

  /// A text of fewer than 24 bytes with its header.
  private static byte[] key(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    byte[] encoded = new byte[text.length + 1];
    encoded[0] = (byte) (0x60 | text.length);
    System.arraycopy(text, 0, encoded, 1, text.length);
    return encoded;
  }
}
