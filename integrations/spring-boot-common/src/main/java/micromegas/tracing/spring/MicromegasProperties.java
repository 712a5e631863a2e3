package micromegas.tracing.spring;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What an application sets as `micromegas.*`. What is not set here comes from the environment of
/// the process, as without Spring.
///
/// @param enabled whether anything of the starter is there at all
/// @param url address of the ingestion server; without one nothing is sent
/// @param apiKey sent with each request
/// @param spans whether spans are recorded
/// @param levels which logs of [micromegas.tracing.Log] are recorded, such as
///   `info,com.acme=trace`; levels of Logback are Spring's
/// @param sampler which blocks of spans are sent, such as `ratio(0.01,10m)|errors(30s,5s)`; see
///   [micromegas.tracing.spi.BlockSampler#parse]
/// @param consoleLevels which of them are printed too
/// @param flushPeriod between two blocks of a stream
/// @param jvmPeriod between metrics of JVM and machine; zero for none
/// @param shutdownTimeout how long closing may take
/// @param processProperties properties of the process, beside `spring.application.name` and
///   `spring.profiles.active`
/// @param logback what becomes of log lines
/// @param metrics what becomes of meters
/// @param requests what becomes of web requests
/// @param observations what becomes of Micrometer's observations
/// @param executors what becomes of tasks
@ConfigurationProperties("micromegas")
public record MicromegasProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable URI url,
    @Nullable String apiKey,
    @DefaultValue("true") boolean spans,
    @Nullable String levels,
    @Nullable String sampler,
    @DefaultValue("off") String consoleLevels,
    @Nullable Duration flushPeriod,
    @Nullable Duration jvmPeriod,
    @Nullable Duration shutdownTimeout,
    @DefaultValue Map<String, String> processProperties,
    @DefaultValue Logback logback,
    @DefaultValue Metrics metrics,
    @DefaultValue Requests requests,
    @DefaultValue Observations observations,
    @DefaultValue Executors executors) {

  /// @param enabled whether lines of Logback are recorded
  /// @param mdc keys of the MDC that become properties
  public record Logback(@DefaultValue("true") boolean enabled, @DefaultValue List<String> mdc) {}

  /// @param enabled whether meters are recorded
  /// @param step between two samples of a meter
  /// @param events beginnings of the names of meters whose samples are recorded one by one
  public record Metrics(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("10s") Duration step,
      @DefaultValue List<String> events) {}

  /// A request is an async span and a unit of work. Without `slowerThan` and `oneIn` the details of
  /// all requests are kept, else those of slow, of failed and of some others.
  ///
  /// @param enabled whether requests are recorded
  /// @param slowerThan details of requests that took longer are kept
  /// @param oneIn details of one in so many requests are kept by chance; 0 for none
  /// @param maxNames different names of requests, beyond which they share one
  public record Requests(
      @DefaultValue("true") boolean enabled,
      @Nullable Duration slowerThan,
      @DefaultValue("0") int oneIn,
      @DefaultValue("1000") int maxNames) {}

  /// @param enabled whether observations, such as runs of scheduled methods and calls of HTTP
  ///   clients, become async spans
  public record Observations(@DefaultValue("true") boolean enabled) {}

  /// @param enabled whether tasks of Spring's executors belong to the span that submits them
  public record Executors(@DefaultValue("true") boolean enabled) {}
}
