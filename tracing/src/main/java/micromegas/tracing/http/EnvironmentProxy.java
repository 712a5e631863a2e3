package micromegas.tracing.http;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The proxy that environment variables name, as command line tools read them: `HTTPS_PROXY`,
/// `HTTP_PROXY` and `NO_PROXY`, in lower case first. Immutable.
///
/// `NO_PROXY` is a list of hosts; each also stands for its subdomains, with or without a leading
/// dot; a port limits an entry to it; `*` stands for all.
public final class EnvironmentProxy extends ProxySelector {
  private static final List<String> JVM_SETTINGS =
      List.of("https.proxyHost", "http.proxyHost", "socksProxyHost", "java.net.useSystemProxies");

  /// @param credentials of the proxy, null for none
  private record Target(Proxy proxy, @Nullable PasswordAuthentication credentials) {}

  private final @Nullable Target https;
  private final @Nullable Target http;
  private final List<String> exceptions;

  private EnvironmentProxy(@Nullable Target https, @Nullable Target http, List<String> exceptions) {
    this.https = https;
    this.http = http;
    this.exceptions = exceptions;
  }

  /// The proxy of the environment; empty when it names none, or when the JVM has settings of its
  /// own, which count then.
  ///
  /// @param property gives system properties, null for none
  /// @throws IllegalArgumentException for a proxy without a host; says which variable
  public static Optional<ProxySelector> of(
      Map<String, String> environment, Function<String, @Nullable String> property) {
    for (String setting : JVM_SETTINGS) {
      String value = property.apply(setting);
      if (value != null && !value.isBlank() && !value.equals("false")) {
        return Optional.empty();
      }
    }
    Target https = target(environment, "HTTPS_PROXY");
    Target http = target(environment, "HTTP_PROXY");
    if (https == null && http == null) {
      return Optional.empty();
    }
    List<String> exceptions = new ArrayList<>();
    for (String entry : value(environment, "NO_PROXY").split(",", -1)) {
      String host = entry.trim().toLowerCase(Locale.ROOT);
      if (!host.isEmpty()) {
        exceptions.add(host.startsWith(".") ? host.substring(1) : host);
      }
    }
    return Optional.of(new EnvironmentProxy(https, http, List.copyOf(exceptions)));
  }

  private static String value(Map<String, String> environment, String name) {
    String lower = environment.get(name.toLowerCase(Locale.ROOT));
    return lower != null ? lower : environment.getOrDefault(name, "");
  }

  private static @Nullable Target target(Map<String, String> environment, String name) {
    String value = value(environment, name).trim();
    if (value.isEmpty()) {
      return null;
    }
    URI uri;
    try {
      uri = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the environment variable " + name + " is no address of a proxy", e); // has a password
    }
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException(
          "the environment variable " + name + " is no address of a proxy");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    // The name is looked up at each connection, not now.
    Proxy proxy = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    return new Target(proxy, credentials(uri.getRawUserInfo()));
  }

  private static @Nullable PasswordAuthentication credentials(@Nullable String userInfo) {
    if (userInfo == null) {
      return null;
    }
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return new PasswordAuthentication(decoded(user), decoded(password).toCharArray());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public List<Proxy> select(URI uri) {
    Target target = "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
    return List.of(target == null || isException(uri) ? Proxy.NO_PROXY : target.proxy());
  }

  private boolean isException(URI uri) {
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    for (String entry : exceptions) {
      int colon = entry.lastIndexOf(':');
      boolean withPort = colon > 0 && entry.indexOf(':') == colon; // not an IPv6 address
      String name = withPort ? entry.substring(0, colon) : entry;
      boolean port = !withPort || entry.substring(colon + 1).equals(String.valueOf(port(uri)));
      if (port && (name.equals("*") || host.equals(name) || host.endsWith('.' + name))) {
        return true;
      }
    }
    return false;
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  /// Answers a proxy that wants to know who asks.
  Authenticator authenticator() {
    return new Authenticator() {
      @Override
      protected @Nullable PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
          return null;
        }
        for (Target target : new @Nullable Target[] {https, http}) {
          if (target != null && isAt(target, getRequestingHost(), getRequestingPort())) {
            return target.credentials();
          }
        }
        return null;
      }
    };
  }

  private static boolean isAt(Target target, String host, int port) {
    return target.proxy().address() instanceof InetSocketAddress address
        && address.getHostString().equalsIgnoreCase(host)
        && address.getPort() == port;
  }
}
