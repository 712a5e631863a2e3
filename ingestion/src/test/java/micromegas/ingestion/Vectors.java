package micromegas.ingestion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/// Request bodies that a real client of the reference implementation sent.
public final class Vectors {
  private Vectors() {}

  public static byte[] process() {
    return read("0000");
  }

  /// The log stream, the metrics stream, the image stream.
  public static byte[] logStream() {
    return read("0001");
  }

  public static byte[] metricsStream() {
    return read("0002");
  }

  public static byte[] imageStream() {
    return read("0010");
  }

  public static byte[] block() {
    return read("0006");
  }

  public static byte[] smallBlock() {
    return read("0014");
  }

  public static byte[] anotherBlock() {
    return read("0020");
  }

  private static byte[] read(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream("/native/" + name + ".bin")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
