package micromegas.tracing.http;

import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import micromegas.tracing.spi.RequestAuthenticator;

/// How blocks are sent. Immutable.
///
/// @param server such as `https://telemetry.example.com`
/// @param softQueueBytes encoded bytes waiting, above which new spans and images are dropped
/// @param hardQueueBytes the same for everything but metadata
/// @param maxInFlight requests at the same time
/// @param requestTimeout of one attempt
/// @param proxy empty for that of the JVM's settings
public record HttpSettings(
    URI server,
    long softQueueBytes,
    long hardQueueBytes,
    int maxInFlight,
    Duration requestTimeout,
    RequestAuthenticator authenticator,
    Optional<ProxySelector> proxy) {}
