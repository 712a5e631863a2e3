package micromegas.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One kept-alive HTTP/1.1 connection that posts bodies; as little work as possible, since client
/// and server share the machine.
final class HttpConnection implements AutoCloseable {
  private final Socket socket = new Socket();
  private final OutputStream output;
  private final InputStream input;

  private final String contentType;

  HttpConnection(InetSocketAddress address) throws IOException {
    this(address, "application/octet-stream");
  }

  HttpConnection(InetSocketAddress address, String contentType) throws IOException {
    this.contentType = contentType;
    socket.setTcpNoDelay(true);
    socket.connect(address);
    output = socket.getOutputStream();
    input = new BufferedInputStream(socket.getInputStream(), 4096);
  }

  /// Posts a body and returns the status.
  int post(String path, byte[] body) throws IOException {
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: bench\r\nContent-Type: "
                + contentType
                + "\r\nContent-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    output.write(request);
    output.flush();
    String line = line();
    int status = Integer.parseInt(line.substring(9, 12));
    int length = 0;
    for (line = line(); !line.isEmpty(); line = line()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).trim());
      }
    }
    input.skipNBytes(length);
    return status;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = input.read(); c != '\n'; c = input.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
