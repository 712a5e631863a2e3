package micromegas.lake.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;

/// Request bodies that a real Rust client sent, and hand-written CBOR.
final class Vectors {
  static final List<String> BLOCKS = List.of("0014", "0017");
  static final List<String> STREAMS = List.of("0001", "0002", "0010");
  static final String PROCESS = "0000";

  private Vectors() {}

  static byte[] load(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream("/native/" + name + ".bin")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }
}
