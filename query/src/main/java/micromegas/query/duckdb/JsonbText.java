package micromegas.query.duckdb;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// JSON text of the binary documents in property columns, for programs that show them to people.
/// Stateless.
public final class JsonbText {
  private JsonbText() {}

  /// @param bytes any bytes
  /// @return compact JSON with the keys in the order of the document, or null when the bytes are
  ///   not one document from the first to the last byte
  public static @Nullable String of(byte[] bytes) {
    try {
      MemorySegment document = MemorySegment.ofArray(bytes);
      return Jsonb.byteSize(document) == bytes.length ? Jsonb.format(Jsonb.root(document)) : null;
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
  }
}
