package micromegas.ingestion.grpc;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Messages as bytes, compressed ones as they arrived. Stateless.
final class RawMessages implements MethodDescriptor.Marshaller<byte[]> {
  static final RawMessages MARSHALLER = new RawMessages();

  private RawMessages() {}

  /// Leaves gzip to the call. So the library's limit is on the bytes of the wire, and decompression
  /// has a limit of its own and happens where it may wait for memory. A compressed message is
  /// recognised by its first byte, which no protobuf message has.
  static DecompressorRegistry undecompressed() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(
            new Decompressor() {
              @Override
              public String getMessageEncoding() {
                return "gzip";
              }

              @Override
              public InputStream decompress(InputStream in) {
                return in;
              }
            },
            true);
  }

  @Override
  public InputStream stream(byte[] message) {
    return new ByteArrayInputStream(message);
  }

  @Override
  public byte[] parse(InputStream in) {
    try {
      // All of it is there, so this is one array and one copy.
      byte[] message = in.readNBytes(in.available());
      int more = in.read();
      if (more >= 0) {
        throw new IllegalStateException("a message is longer than available() said");
      }
      return message;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
