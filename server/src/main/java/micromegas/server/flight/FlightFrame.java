package micromegas.server.flight;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/// One `FlightData` message on its way out: the protobuf of `Flight.proto` with the body taken from
/// Arrow buffers, copied once into the transport's own. Valid while its buffers are; gRPC reads it
/// before `onNext` returns.
///
/// @param header the IPC message (flatbuffer), without length prefix
/// @param body buffers of the record or dictionary batch, each padded to 8 bytes; null for a
///   schema, which has no body
/// @param copy space for pieces of the body between Arrow's memory and the transport's, which takes
///   arrays only; small enough to stay in the processor's cache
record FlightFrame(ByteBuffer header, @Nullable List<ArrowBuf> body, byte[] copy) {
  private static final int HEADER_FIELD = 2;
  private static final int BODY_FIELD = 1000;
  private static final int LENGTH_DELIMITED = 2;
  private static final int ALIGNMENT = 8;
  static final int COPY_BYTES = 64 * 1024;
  private static final byte[] PADDING = new byte[ALIGNMENT];

  static FlightFrame schema(ByteBuffer header) {
    return new FlightFrame(header, null, new byte[0]);
  }

  static FlightFrame batch(ByteBuffer header, List<ArrowBuf> body, byte[] copy) {
    return new FlightFrame(header, body, copy);
  }

  private int bodySize() {
    long size = 0;
    if (body != null) {
      for (ArrowBuf buffer : body) {
        size += buffer.readableBytes() + padding(buffer.readableBytes());
      }
    }
    return Math.toIntExact(size);
  }

  private static int padding(long length) {
    return (int) (-length & (ALIGNMENT - 1));
  }

  private int size() {
    int headerSize = header.remaining();
    int size =
        CodedOutputStream.computeTagSize(HEADER_FIELD)
            + CodedOutputStream.computeUInt32SizeNoTag(headerSize)
            + headerSize;
    if (body != null) {
      int bodySize = bodySize();
      size +=
          CodedOutputStream.computeTagSize(BODY_FIELD)
              + CodedOutputStream.computeUInt32SizeNoTag(bodySize)
              + bodySize;
    }
    return size;
  }

  private void writeTo(OutputStream out) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out, 256);
    coded.writeTag(HEADER_FIELD, LENGTH_DELIMITED);
    coded.writeUInt32NoTag(header.remaining());
    coded.write(header.duplicate());
    if (body != null) {
      coded.writeTag(BODY_FIELD, LENGTH_DELIMITED);
      coded.writeUInt32NoTag(bodySize());
      coded.flush();
      writeBody(body, copy, out);
    }
    coded.flush();
  }

  private static void writeBody(List<ArrowBuf> body, byte[] copy, OutputStream out)
      throws IOException {
    for (ArrowBuf buffer : body) {
      long end = buffer.readerIndex() + buffer.readableBytes();
      for (long at = buffer.readerIndex(); at < end; ) {
        int length = (int) Math.min(copy.length, end - at);
        buffer.getBytes(at, copy, 0, length);
        out.write(copy, 0, length);
        at += length;
      }
      out.write(PADDING, 0, padding(buffer.readableBytes()));
    }
  }

  /// Writes frames; the server never reads any.
  static final class Marshaller implements MethodDescriptor.Marshaller<FlightFrame> {
    @Override
    public InputStream stream(FlightFrame frame) {
      return new FrameStream(frame);
    }

    @Override
    public FlightFrame parse(InputStream stream) {
      throw new IllegalStateException("frames are only written");
    }
  }

  /// gRPC drains it in one go; reading byte by byte works as well, for transports that do.
  private static final class FrameStream extends InputStream implements Drainable, KnownLength {
    private final FlightFrame frame;
    private @Nullable InputStream copy;
    private boolean drained;

    FrameStream(FlightFrame frame) {
      this.frame = frame;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      drained = true;
      frame.writeTo(target);
      return frame.size();
    }

    @Override
    public int available() {
      if (copy == null) {
        return drained ? 0 : frame.size();
      }
      return bytes().remaining();
    }

    @Override
    public int read() throws IOException {
      return bytes().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return bytes().read(target, offset, length);
    }

    private Remaining bytes() {
      if (copy == null) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(frame.size());
        try {
          frame.writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        copy = new Remaining(out.toByteArray());
      }
      return (Remaining) copy;
    }
  }

  private static final class Remaining extends ByteArrayInputStream {
    Remaining(byte[] bytes) {
      super(bytes);
    }

    int remaining() {
      return count - pos;
    }
  }
}
