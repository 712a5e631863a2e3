package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.lake.metadata.ConnectionString;
import micromegas.lake.testkit.TestPostgres;
import micromegas.lake.testkit.TestS3;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.config.Configuration;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two servers over a PostgreSQL and an S3 bucket that are not theirs: one takes what the Rust
/// client sent once, both answer as the reference did.
@Timeout(180)
class SharedStoresTest {
  private static final QueryOptions WITHOUT_RANGE =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test");

  @TempDir Path folder;

  @Test
  void answerAsTheReference() throws Exception {
    ConnectionString postgres = TestPostgres.emptyConnectionString();
    try (TestS3 s3 = new TestS3();
        Micromegas first = start("first", postgres, s3);
        Micromegas second = start("second", postgres, s3)) {
      assertThat(Recording.NATIVE.send("http://" + first.ingestionAddress().orElseThrow()))
          .isEqualTo(22);
      // The one that took nothing first: it has nothing but the stores to know from.
      answersOf(second);
      answersOf(first);

      List<String> keys = new ArrayList<>();
      first.backend().lake().objects().list("blobs/" + Recording.NATIVE.process + "/", keys::add);
      assertThat(keys).isNotEmpty();
      assertThat(folder.resolve("first").resolve("postgres")).doesNotExist();
      assertThat(folder.resolve("first").resolve("lake")).doesNotExist();
    }
  }

  private Micromegas start(String name, ConnectionString postgres, TestS3 s3) {
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put(
        "MICROMEGAS_SQL_CONNECTION_STRING",
        "postgres://%s:%s@%s"
            .formatted(
                postgres.user().orElseThrow(),
                postgres.password().orElseThrow(),
                postgres.jdbcUrl().substring("jdbc:postgresql://".length())));
    environment.put("MICROMEGAS_OBJECT_STORE_URI", "s3://" + TestS3.BUCKET + "/telemetry");
    Map<String, String> flags =
        Map.of(
            "data-dir", folder.resolve(name).toString(),
            "ingestion-address", "127.0.0.1:0",
            "otlp-grpc-address", "127.0.0.1:0",
            "flight-address", "127.0.0.1:0",
            "memory", "512MiB");
    return Micromegas.start(Configuration.load(flags, environment, Optional.empty()), environment);
  }

  private static void answersOf(Micromegas server) throws IOException {
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client =
            QueryClient.connect("grpc://" + server.flightAddress().orElseThrow(), allocator)) {
      for (Map.Entry<String, String> query : Recording.NATIVE.queries().entrySet()) {
        Answer answer = Answer.of(client, query.getValue(), WITHOUT_RANGE);
        Answer expected = Recording.NATIVE.expected(query.getKey());
        assertThat(answer.columns()).as(query.getKey()).isEqualTo(expected.columns());
        assertThat(answer.rows()).as(query.getKey()).isEqualTo(expected.rows());
      }
    }
  }
}
