package micromegas.ingestion.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import micromegas.ingestion.admission.Deadlines;
import micromegas.ingestion.admission.MemoryAdmission;

/// Reads request bodies into memory, within the bounds of [MemoryAdmission] and within a time.
/// Thread-safe.
final class BodyReader {
  private static final byte[] NOTHING = {};

  private final Duration timeout;
  private final MemoryAdmission admission;
  private final Deadlines deadlines;

  BodyReader(Duration timeout, MemoryAdmission admission, Deadlines deadlines) {
    this.timeout = timeout;
    this.admission = admission;
    this.deadlines = deadlines;
  }

  /// A body and its share of the memory; the share is given back when closed.
  record Body(byte[] bytes, MemoryAdmission.Share share) implements AutoCloseable {
    @Override
    public void close() {
      share.close();
    }
  }

  /// The whole body as it came over the wire; empty when it is longer than `maxBytes`. Then the
  /// connection cannot be used again, since the rest of the body has not been read.
  ///
  /// @throws micromegas.common.ResourceExhaustedException when there is no room for it in time
  /// @throws CloseConnectionException when the client is too slow or leaves
  Optional<Body> read(ServerRequest request, int maxBytes) {
    boolean chunked = request.headers().contains(HeaderNames.TRANSFER_ENCODING);
    long declared = chunked ? maxBytes : request.headers().contentLength().orElse(0);
    if (declared > maxBytes) {
      return Optional.empty();
    }
    // The length of a chunked body is unknown, and the library buffers whole chunks: it may grow to
    // the limit, so that is what it must be admitted with.
    MemoryAdmission.Share share = admission.enter(declared);
    try {
      byte[] bytes = declared == 0 ? NOTHING : readInTime(request, chunked, (int) declared);
      if (bytes.length > maxBytes) {
        share.close();
        return Optional.empty();
      }
      share.shrinkTo(bytes.length);
      return Optional.of(new Body(bytes, share));
    } catch (Throwable e) {
      share.close();
      throw e;
    }
  }

  private byte[] readInTime(ServerRequest request, boolean chunked, int declared) {
    // The HTTP library reads from a channel without timeout; an interrupt ends that.
    Deadlines.Watch watch = deadlines.watch(Thread.currentThread()::interrupt);
    byte[] bytes;
    try {
      InputStream in = request.content().inputStream();
      bytes = chunked ? in.readNBytes(declared + 1) : readExactly(in, declared);
    } catch (DataReader.InsufficientDataAvailableException | UncheckedIOException | IOException e) {
      throw new CloseConnectionException(
          watch.end() ? "the client left within a body" : "body not complete in " + timeout, e);
    } catch (RuntimeException e) {
      watch.end();
      throw e;
    }
    if (!watch.end()) {
      throw new CloseConnectionException("body not complete in " + timeout);
    }
    return bytes;
  }

  private static byte[] readExactly(InputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    int received = in.readNBytes(bytes, 0, length);
    if (received < length) {
      throw new EOFException("%d of %d bytes".formatted(received, length));
    }
    return bytes;
  }
}
