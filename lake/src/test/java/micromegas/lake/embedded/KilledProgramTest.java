package micromegas.lake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.transit.BlockInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KilledProgramTest {
  private static final String ACKNOWLEDGED = "acknowledged";

  @TempDir Path directory;

  @Test
  void whatWasAcknowledgedOutlivesTheProgramAndTheNextOneTakesOverItsServer() throws Exception {
    UUID blockId = UUID.randomUUID();
    Process program =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Program.class.getName(),
                    directory.toString(),
                    blockId.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = program.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.lines().anyMatch(ACKNOWLEDGED::equals)).isTrue();
    } finally {
      program.destroyForcibly();
      program.waitFor();
    }

    try (EmbeddedPostgres server = EmbeddedPostgres.start(EmbeddedPostgresSettings.in(directory))) {
      assertThat(server.adopted()).isTrue();
      assertThat(
              EmbeddedPostgresTest.single(
                  server, "SELECT nb_objects FROM blocks WHERE block_id = '" + blockId + "'"))
          .isEqualTo("8");
    }
    assertThat(directory.resolve("data/postmaster.pid")).doesNotExist();
  }

  /// Keeps one block, says so, and waits to be killed.
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      EmbeddedPostgres server =
          EmbeddedPostgres.start(EmbeddedPostgresSettings.in(Path.of(arguments[0])));
      Database database =
          Database.open(server.connectionString(), DatabaseSettings.DEFAULT.withPoolSize(2));
      Instant time = Instant.parse("2024-05-06T07:08:09Z");
      UUID id = UUID.fromString(arguments[1]);
      new PostgresMetadataStore(database, DatabaseSettings.DEFAULT)
          .insertBlock(
              new StoredBlock(
                  new BlockInfo(id, UUID.randomUUID(), UUID.randomUUID(), time, 1, time, 2, 0, 8),
                  9,
                  time));
      System.out.println(ACKNOWLEDGED);
      System.in.read();
    }
  }
}
