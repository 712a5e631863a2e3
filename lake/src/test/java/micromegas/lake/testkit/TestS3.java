package micromegas.lake.testkit;

import java.net.URI;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/// A server that speaks S3 over HTTP with signed requests, in this JVM, with one empty bucket in
/// memory.
public final class TestS3 implements AutoCloseable {
  /// The bucket that is there.
  public static final String BUCKET = "lake";

  private static final String ID = "test-id";
  private static final String SECRET = "test-secret";

  private final TransientNio2BlobStore blobs = new TransientNio2BlobStore();
  private final S3Proxy server;

  public TestS3() {
    blobs.createContainer(BUCKET);
    server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, ID, SECRET)
            .build();
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("cannot start the S3 server", e);
    }
  }

  /// What a client sets in its environment.
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT",
        "http://127.0.0.1:" + server.getPort(),
        "AWS_ALLOW_HTTP",
        "true",
        "AWS_ACCESS_KEY_ID",
        ID,
        "AWS_SECRET_ACCESS_KEY",
        SECRET);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop the S3 server", e);
    } finally {
      blobs.close();
    }
  }
}
