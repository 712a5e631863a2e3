package micromegas.lake.objects;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import micromegas.common.BadRequestException;

/// Where a bucket is and how it is reached.
///
/// @param prefix lake root inside the bucket, without slashes at its ends; may be empty
/// @param endpoint another server than Amazon's
/// @param pathStyle whether the bucket is in the path instead of the host name
/// @param anonymous whether requests go out unsigned
/// @param attemptTimeout longest time of one attempt of a request
public record S3Settings(
    String bucket,
    String prefix,
    String region,
    Optional<URI> endpoint,
    boolean pathStyle,
    Optional<String> accessKeyId,
    Optional<String> secretAccessKey,
    Optional<String> sessionToken,
    boolean anonymous,
    Duration attemptTimeout) {
  private static final Duration DEFAULT_ATTEMPT_TIMEOUT = Duration.ofMinutes(5);

  /// Reads `s3://bucket/prefix` and the variables that the reference reads: `AWS_REGION`,
  /// `AWS_DEFAULT_REGION`, `AWS_ENDPOINT`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_S3`,
  /// `AWS_ALLOW_HTTP`, `AWS_VIRTUAL_HOSTED_STYLE_REQUEST`, `AWS_SKIP_SIGNATURE`,
  /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`. Without keys the usual
  /// chain of the AWS SDK is asked.
  ///
  /// @throws BadRequestException when a value is unusable
  public static S3Settings of(URI uri, Map<String, String> environment) {
    String bucket = uri.getAuthority();
    if (bucket == null || bucket.isEmpty()) {
      throw new BadRequestException("no bucket in " + uri + ": expected s3://bucket/prefix");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    Optional<URI> endpoint =
        first(environment, "AWS_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
            .map(S3Settings::uri);
    boolean allowHttp = flag(environment, "AWS_ALLOW_HTTP");
    if (endpoint.isPresent() && "http".equals(endpoint.get().getScheme()) && !allowHttp) {
      throw new BadRequestException(
          "AWS_ENDPOINT %s is not encrypted; set AWS_ALLOW_HTTP=true to use it"
              .formatted(endpoint.get()));
    }
    return new S3Settings(
        bucket,
        path.replaceAll("^/+|/+$", ""),
        first(environment, "AWS_REGION", "AWS_DEFAULT_REGION").orElse("us-east-1"),
        endpoint,
        !flag(environment, "AWS_VIRTUAL_HOSTED_STYLE_REQUEST") && endpoint.isPresent(),
        first(environment, "AWS_ACCESS_KEY_ID"),
        first(environment, "AWS_SECRET_ACCESS_KEY"),
        first(environment, "AWS_SESSION_TOKEN"),
        flag(environment, "AWS_SKIP_SIGNATURE"),
        DEFAULT_ATTEMPT_TIMEOUT);
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("AWS_ENDPOINT is not a URL: " + text, e);
    }
  }

  private static Optional<String> first(Map<String, String> environment, String... names) {
    for (String name : names) {
      String value = environment.get(name);
      if (value != null && !value.isBlank()) {
        return Optional.of(value.strip());
      }
    }
    return Optional.empty();
  }

  private static boolean flag(Map<String, String> environment, String name) {
    return switch (first(environment, name).orElse("false").toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> true;
      case "false", "0", "no", "off" -> false;
      default -> throw new BadRequestException(name + " must be true or false");
    };
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + prefix + endpoint.map(url -> " at " + url).orElse("");
  }
}
