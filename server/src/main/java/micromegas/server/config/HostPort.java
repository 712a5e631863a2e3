package micromegas.server.config;

/// An address to listen on or to connect to. Port 0 means any free one.
public record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /// `host:port` or `[v6 address]:port`.
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("no port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port out of range");
    }
    return new HostPort(host, port);
  }

  /// As part of a URL.
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
