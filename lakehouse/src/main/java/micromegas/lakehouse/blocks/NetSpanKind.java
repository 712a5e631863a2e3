package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;

/// What a network span accounts for.
public enum NetSpanKind {
  CONNECTION("connection"),
  OBJECT("object"),
  RPC("rpc"),
  PROPERTY("property");

  private final byte[] utf8;

  NetSpanKind(String text) {
    this.utf8 = text.getBytes(StandardCharsets.UTF_8);
  }

  /// The value of the column `kind`; not to be changed.
  public byte[] utf8() {
    return utf8;
  }
}
