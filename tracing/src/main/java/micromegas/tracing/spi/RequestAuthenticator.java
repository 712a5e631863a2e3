package micromegas.tracing.spi;

import java.io.IOException;
import java.util.Optional;

/// Gives requests their `Authorization` header. Called before each attempt; thread-safe.
@FunctionalInterface
public interface RequestAuthenticator {

  /// No header.
  RequestAuthenticator NONE = refused -> Optional.empty();

  /// The value of the header.
  ///
  /// @param refused whether the server has just refused the last one, so that it must not be used
  ///   again when there can be another
  /// @throws IOException when there is none now; the request is tried again later
  Optional<String> authorization(boolean refused) throws IOException;
}
