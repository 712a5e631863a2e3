package micromegas.tracing.http;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import micromegas.tracing.spi.RequestAuthenticator;
import org.jspecify.annotations.Nullable;

/// Authentication by the OAuth 2.0 client credentials grant (RFC 6749, 4.4): a token is fetched,
/// and used until shortly before it expires, or until a server refuses it. A token that was fetched
/// moments ago is not fetched again for that, because a server that refuses everything would make
/// each request one for a token. Thread-safe.
public final class ClientCredentials implements RequestAuthenticator {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long DEFAULT_LIFE_SECONDS = 300;
  private static final long YOUNG_NANOS = 10_000_000_000L;
  private static final Pattern TOKEN =
      Pattern.compile("\"access_token\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)+)\"");
  private static final Pattern LIFE = Pattern.compile("\"expires_in\"\\s*:\\s*\"?([0-9]{1,9})");

  private final URI endpoint;
  private final String id;
  private final String secret;
  private final Optional<String> audience;
  private final Duration buffer;
  private final HttpClient client;
  private final LongSupplier nanoTime;
  private @Nullable String token;
  private long fetchedNanos;
  private long validUntilNanos;

  /// @param endpoint of tokens
  /// @param buffer how long before its expiry a token is replaced
  /// @param proxy empty for that of the JVM's settings
  public ClientCredentials(
      URI endpoint,
      String id,
      String secret,
      Optional<String> audience,
      Duration buffer,
      Optional<ProxySelector> proxy) {
    this(endpoint, id, secret, audience, buffer, proxy, System::nanoTime);
  }

  ClientCredentials(
      URI endpoint,
      String id,
      String secret,
      Optional<String> audience,
      Duration buffer,
      Optional<ProxySelector> proxy,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.endpoint = endpoint;
    this.id = id;
    this.secret = secret;
    this.audience = audience;
    this.buffer = buffer;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
    HttpTransport.useProxy(builder, proxy);
    this.client = builder.build();
  }

  @Override
  public synchronized Optional<String> authorization(boolean refused) throws IOException {
    String current = token;
    long now = nanoTime.getAsLong();
    boolean useless = refused && now - fetchedNanos >= YOUNG_NANOS;
    if (current == null || useless || now - validUntilNanos > 0) {
      token = null;
      current = fetch();
      token = current;
    }
    return Optional.of("Bearer " + current);
  }

  private String fetch() throws IOException {
    String form =
        "grant_type=client_credentials&client_id="
            + encoded(id)
            + "&client_secret="
            + encoded(secret)
            + audience.map(value -> "&audience=" + encoded(value)).orElse("");
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a token was fetched", e);
    }
    Matcher found = TOKEN.matcher(response.body());
    if (response.statusCode() != 200 || !found.find()) {
      throw new IOException("token endpoint " + endpoint + " answered " + response.statusCode());
    }
    Matcher life = LIFE.matcher(response.body());
    long seconds = life.find() ? Long.parseLong(life.group(1)) : DEFAULT_LIFE_SECONDS;
    long usable = Math.max(1, seconds - Math.min(buffer.toSeconds(), seconds / 2));
    fetchedNanos = nanoTime.getAsLong();
    validUntilNanos = fetchedNanos + usable * 1_000_000_000L;
    return found.group(1).replaceAll("\\\\(.)", "$1");
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "client credentials at " + endpoint;
  }
}
