package micromegas.ingestion.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Speaks HTTP/1.1 byte by byte, so that the tests see what goes over the wire.
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  RawClient(InetSocketAddress address) {
    try {
      socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout(20_000);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param headers names in lower case
  record Answer(int status, Map<String, String> headers, String body) {}

  RawClient send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer post(String path, byte[] body) {
    return send("POST "
            + path
            + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
            + body.length
            + "\r\n\r\n")
        .send(body)
        .answer();
  }

  Answer chunked(String path, byte[]... chunks) {
    send("POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (byte[] chunk : chunks) {
      send(Integer.toHexString(chunk.length) + "\r\n").send(chunk).send("\r\n");
    }
    return send("0\r\n\r\n").answer();
  }

  Answer request(String method, String path) {
    send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return method.equals("HEAD") ? answerWithoutBody() : answer();
  }

  Answer answer() {
    return read(true);
  }

  private Answer answerWithoutBody() {
    return read(false);
  }

  /// Whether the server ends the connection.
  boolean isClosedByServer() {
    try {
      return in.read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private Answer read(boolean withBody) {
    try {
      String statusLine = line();
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      byte[] body = withBody ? in.readNBytes(length) : new byte[0];
      return new Answer(
          Integer.parseInt(statusLine.split(" ")[1]),
          headers,
          new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("connection closed after '" + line + "'");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
