package micromegas.lake.objects;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import micromegas.common.BadRequestException;

/// Opens the store that a URI names.
public final class ObjectStores {
  /// Not a URI by the letter of RFC 3986, which wants an authority after the slashes.
  private static final String MEMORY = "memory://";

  private ObjectStores() {}

  /// @param uri `file:///folder`, `s3://bucket/prefix` or `memory://`
  /// @param environment variables such as `AWS_ENDPOINT`, see [S3Settings#of]
  /// @throws BadRequestException when the URI names no store that we know
  public static ObjectStore open(String uri, Map<String, String> environment) {
    if (uri.equals(MEMORY)) {
      return new MemoryObjectStore();
    }
    URI parsed = parse(uri);
    String scheme = parsed.getScheme() == null ? "" : parsed.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "file" -> new FileObjectStore(folder(parsed));
      case "s3", "s3a" -> new S3ObjectStore(S3Settings.of(parsed, environment));
      default ->
          throw new BadRequestException(
              "not an object store: %s (expected file:///folder, s3://bucket/prefix or memory://)"
                  .formatted(uri));
    };
  }

  private static Path folder(URI uri) {
    String host = uri.getAuthority();
    if ((host != null && !host.isEmpty() && !host.equals("localhost"))
        || uri.getPath() == null
        || uri.getPath().isEmpty()) {
      throw new BadRequestException("not a folder: " + uri + " (expected file:///folder)");
    }
    return Path.of(uri.getPath());
  }

  private static URI parse(String uri) {
    try {
      return URI.create(uri);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("not an object store URI: " + uri, e);
    }
  }
}
