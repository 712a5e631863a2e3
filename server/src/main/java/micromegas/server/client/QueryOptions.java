package micromegas.server.client;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// @param begin start of the request's range; the server ignores one end alone
/// @param limit most rows
/// @param entrypoint label for the server's audit record
public record QueryOptions(
    Optional<Instant> begin, Optional<Instant> end, OptionalLong limit, String entrypoint) {}
