package micromegas.lake.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import micromegas.common.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectStoresTest {

  @Test
  void opensAFolder(@TempDir Path folder) {
    Path root = folder.resolve("a lake");
    try (ObjectStore store = ObjectStores.open(root.toUri().toString(), Map.of())) {
      store.putIfAbsent("blobs/one", new byte[] {1});
      assertThat(root.resolve("blobs/one")).exists();
    }
  }

  @Test
  void opensMemory() {
    try (ObjectStore store = ObjectStores.open("memory://", Map.of())) {
      assertThat(store).isInstanceOf(MemoryObjectStore.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lake",
        "/a/folder",
        "file:",
        "file://host/folder",
        "gs://bucket/prefix",
        "s3:",
        "s3:///prefix",
        "not a uri"
      })
  void saysWhatItExpects(String uri) {
    assertThatThrownBy(() -> ObjectStores.open(uri, Map.of()).close())
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining(uri);
  }

  @ParameterizedTest
  @CsvSource({"s3://bucket,''", "s3://bucket/,''", "s3://bucket/a/b,a/b", "s3://bucket/a/b/,a/b"})
  void readsBucketAndPrefix(String uri, String prefix) {
    S3Settings settings = S3Settings.of(URI.create(uri), Map.of());
    assertThat(settings.bucket()).isEqualTo("bucket");
    assertThat(settings.prefix()).isEqualTo(prefix);
    assertThat(settings.pathStyle()).isFalse();
    assertThat(settings.region()).isEqualTo("us-east-1");
  }

  @Test
  void readsTheEnvironmentAsTheReferenceDoes() {
    S3Settings settings =
        S3Settings.of(
            URI.create("s3://bucket/lake"),
            Map.of(
                "AWS_ENDPOINT", "http://127.0.0.1:9",
                "AWS_ALLOW_HTTP", "true",
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret"));
    assertThat(settings.endpoint()).hasValue(URI.create("http://127.0.0.1:9"));
    assertThat(settings.pathStyle()).isTrue();
    assertThat(settings.region()).isEqualTo("eu-west-1");
    assertThat(settings.accessKeyId()).isEqualTo(Optional.of("id"));
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void sendsNothingInTheClearUnlessAllowed() {
    assertThatThrownBy(() ->
            S3Settings.of(
                URI.create("s3://bucket/lake"), Map.of("AWS_ENDPOINT", "http://127.0.0.1:9")))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("AWS_ALLOW_HTTP");
  }

  @Test
  void keepsItsFolderToItself(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("lake"));
    try (ObjectStore store =
        ObjectStores.open(folder.resolve("lake").toUri().toString(), Map.of())) {
      assertThatThrownBy(() -> store.putIfAbsent("../outside", new byte[0]))
          .isInstanceOf(BadRequestException.class);
    }
    assertThat(folder.resolve("outside")).doesNotExist();
  }
}
