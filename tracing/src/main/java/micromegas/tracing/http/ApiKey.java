package micromegas.tracing.http;

import java.util.Optional;
import micromegas.tracing.spi.RequestAuthenticator;

/// Authentication by a key that does not change.
public final class ApiKey implements RequestAuthenticator {
  private final String key;

  public ApiKey(String key) {
    this.key = key;
  }

  @Override
  public Optional<String> authorization(boolean refused) {
    return Optional.of("Bearer " + key);
  }

  @Override
  public String toString() {
    return "API key"; // never the key itself
  }
}
