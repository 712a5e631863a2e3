package micromegas.lake.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Objects in a bucket of S3 or of a server like it. Create-only puts are conditional ones
/// (`If-None-Match: *`), so the store must support them. Thread-safe.
public final class S3ObjectStore implements ObjectStore {
  /// Connections to the store.
  public static final int MAX_CONNECTIONS = 64;

  private static final int CONFLICT_ATTEMPTS = 5;

  private final S3Client client;
  private final S3Settings settings;

  public S3ObjectStore(S3Settings settings) {
    this.settings = settings;
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(Apache5HttpClient.builder().maxConnections(MAX_CONNECTIONS))
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyle())
            .credentialsProvider(credentials(settings))
            // Servers other than Amazon's often do not know the newer checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                configuration -> configuration.apiCallAttemptTimeout(settings.attemptTimeout()));
    settings.endpoint().ifPresent(builder::endpointOverride);
    this.client = builder.build();
  }

  private static AwsCredentialsProvider credentials(S3Settings settings) {
    if (settings.anonymous()) {
      return AnonymousCredentialsProvider.create();
    }
    if (settings.accessKeyId().isPresent() && settings.secretAccessKey().isPresent()) {
      String id = settings.accessKeyId().get();
      String secret = settings.secretAccessKey().get();
      return StaticCredentialsProvider.create(
          settings.sessionToken().isPresent()
              ? AwsSessionCredentials.create(id, secret, settings.sessionToken().get())
              : AwsBasicCredentials.create(id, secret));
    }
    return DefaultCredentialsProvider.builder().build();
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return put(key, RequestBody.fromBytes(bytes));
  }

  @Override
  public boolean putIfAbsent(String key, Path file) {
    return put(key, RequestBody.fromFile(file));
  }

  private boolean put(String key, RequestBody body) {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(settings.bucket())
            .key(objectKey(key))
            .ifNoneMatch("*")
            .build();
    for (int attempt = 1; ; attempt++) {
      try {
        client.putObject(request, body);
        return true;
      } catch (S3Exception e) {
        switch (e.statusCode()) {
          case 412 -> {
            return false;
          }
          case 409 -> {
            // Another put of the same key is under way: ask again how it ended.
            if (attempt == CONFLICT_ATTEMPTS) {
              throw unavailable("store", key, e);
            }
          }
          case 501 ->
              throw new UnavailableException(
                  "%s does not support conditional puts (If-None-Match), without which objects could be overwritten"
                      .formatted(settings),
                  e);
          default -> throw unavailable("store", key, e);
        }
      } catch (SdkException e) {
        throw unavailable("store", key, e);
      }
    }
  }

  @Override
  public byte[] get(String key) {
    try {
      String objectKey = objectKey(key);
      return client
          .getObjectAsBytes(get -> get.bucket(settings.bucket()).key(objectKey))
          .asByteArray();
    } catch (SdkException e) {
      throw readError(key, e);
    }
  }

  @Override
  public InputStream open(String key) {
    try {
      String objectKey = objectKey(key);
      return client.getObject(get -> get.bucket(settings.bucket()).key(objectKey));
    } catch (SdkException e) {
      throw readError(key, e);
    }
  }

  @Override
  public byte[] getRange(String key, long offset, int length) {
    String objectKey = objectKey(key);
    long size =
        size(key).orElseThrow(() -> new NotFoundException("no object " + key + " in " + settings));
    ObjectRanges.check(key, offset, length, size);
    if (length == 0) {
      return new byte[0];
    }
    try (InputStream in =
        client.getObject(get ->
            get.bucket(settings.bucket())
                .key(objectKey)
                .range("bytes=" + offset + "-" + (offset + length - 1)))) {
      byte[] bytes = in.readNBytes(length);
      LocalSizes.check(key, length, bytes.length);
      return bytes;
    } catch (SdkException | IOException e) {
      throw readError(key, e);
    }
  }

  @Override
  public void delete(String key) {
    try {
      String objectKey = objectKey(key);
      client.deleteObject(delete -> delete.bucket(settings.bucket()).key(objectKey));
    } catch (SdkException e) {
      if (status(e) != 404) {
        throw unavailable("delete", key, e);
      }
    }
  }

  @Override
  public OptionalLong size(String key) {
    try {
      String objectKey = objectKey(key);
      return OptionalLong.of(
          client.headObject(head -> head.bucket(settings.bucket()).key(objectKey)).contentLength());
    } catch (SdkException e) {
      if (status(e) == 404) {
        return OptionalLong.empty();
      }
      throw unavailable("look up", key, e);
    }
  }

  @Override
  public void list(String prefix, Consumer<String> consumer) {
    ObjectKeys.checkPrefix(prefix);
    String root = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
    try {
      client
          .listObjectsV2Paginator(
              ListObjectsV2Request.builder()
                  .bucket(settings.bucket())
                  .prefix(root + prefix)
                  .build())
          .contents()
          .forEach(object -> consumer.accept(object.key().substring(root.length())));
    } catch (SdkException e) {
      throw unavailable("list", prefix, e);
    }
  }

  private String objectKey(String key) {
    ObjectKeys.check(key);
    return settings.prefix().isEmpty() ? key : settings.prefix() + "/" + key;
  }

  private static int status(Exception error) {
    return error instanceof S3Exception s3 ? s3.statusCode() : 0;
  }

  private RuntimeException readError(String key, Exception e) {
    return status(e) == 404 && !(e instanceof NoSuchBucketException)
        ? new NotFoundException("no object " + key + " in " + settings, e)
        : unavailable("read", key, e);
  }

  private UnavailableException unavailable(String action, String key, Exception e) {
    return new UnavailableException(
        "cannot %s object %s in %s: %s".formatted(action, key, settings, e.getMessage()), e);
  }

  @Override
  public void close() {
    client.close();
  }
}
