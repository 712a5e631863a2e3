package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import micromegas.lake.DataLake;
import micromegas.lake.metadata.ConnectionString;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.fresh.LiveLake.MovedClock;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.maintenance.Housekeeping;
import micromegas.lakehouse.maintenance.MaintenanceSettings;
import micromegas.lakehouse.maintenance.Pass;
import micromegas.lakehouse.maintenance.ProgressListener;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server is killed for good (`kill -9`) in the middle of its work; another one on the same lake
/// goes on at once: no lock is left, every row is there once, no object stays without a row.
@Timeout(120)
class KilledServerTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final String REACHED = "reached";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "build between upload and commit",
        "merge before its commit",
        "deletion of blocks"
      })
  void whatAKilledServerWasDoingIsDoneByAnother(String work) throws Exception {
    try (LiveLake survivor =
        new LiveLake(folder.resolve("a"), HOUR.plusSeconds(60), FreshSettings.DEFAULT)) {
      Source source = survivor.newSource();
      List<String> messages = new ArrayList<>();
      for (int minute = 1; minute < 4; minute++) {
        String id = survivor.insertBlock(source, HOUR.minusSeconds(60L * minute), 2).toString();
        messages.addAll(List.of(id + "/0", id + "/1"));
      }
      if (work.startsWith("merge")) {
        pass(survivor.lakehouse(), Duration.ofMinutes(1));
      }
      kill(survivor, work);

      if (work.startsWith("deletion")) {
        keepHouse(survivor.lake, HOUR.plus(Duration.ofDays(91)));
        messages.clear();
      }
      assertThat(survivor.query("SELECT msg FROM log_entries"))
          .containsExactlyInAnyOrderElementsOf(messages);
      pass(survivor.lakehouse(), Duration.ofHours(1));
      assertThat(survivor.query("SELECT msg FROM log_entries"))
          .containsExactlyInAnyOrderElementsOf(messages);
      keepHouse(survivor.lake, survivor.clock.instant().plus(Duration.ofDays(2)));
      TreeSet<String> referred = new TreeSet<>();
      survivor.lake.partitions().listAll().forEach(p -> p.filePath().ifPresent(referred::add));
      List<String> kept = new ArrayList<>();
      survivor.lake.objects().list("views/", kept::add);
      assertThat(kept).containsExactlyInAnyOrderElementsOf(referred);
    }
  }

  private void kill(LiveLake survivor, String work) throws Exception {
    ConnectionString address = survivor.address();
    Process server =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Server.class.getName(),
                    folder.toString(),
                    address.jdbcUrl(),
                    address.user().orElseThrow(),
                    address.password().orElseThrow(),
                    work))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = server.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.lines().anyMatch(REACHED::equals)).isTrue();
    } finally {
      server.destroyForcibly();
      server.waitFor();
    }
  }

  private static void pass(Lakehouse lakehouse, Duration delta) {
    View view = lakehouse.views().globalView("log_entries").orElseThrow();
    lakehouse
        .materializer()
        .materialize(
            view,
            new Pass(new InsertSlice(HOUR.minusSeconds(3600), HOUR), delta, false),
            ProgressListener.NONE);
  }

  private static void keepHouse(DataLake lake, Instant now) {
    new Housekeeping(
            lake.metadata().dataSource(),
            lake.objects(),
            lake.partitions(),
            MaintenanceSettings.DEFAULT)
        .steps()
        .forEach(step -> step.run(now));
  }

  /// Works until the fatal step, says so, and waits there to be killed.
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      LiveLake own =
          new LiveLake(
              folder.resolve("b"),
              folder.resolve("a").resolve("objects"),
              new ConnectionString(
                  arguments[1], Optional.of(arguments[2]), Optional.of(arguments[3])),
              new MovedClock(HOUR.plusSeconds(60)),
              FreshSettings.DEFAULT,
              List.of());
      String fatal =
          switch (arguments[4]) {
            case "build between upload and commit" -> "SELECT pg_advisory_xact_lock";
            case "merge before its commit" -> "COMMIT";
            case "deletion of blocks" -> "DELETE FROM micromegas_java.block_errors";
            default -> throw new IllegalArgumentException(arguments[4]);
          };
      MortalProcess mortal =
          new MortalProcess(
              own.lake,
              own.clock,
              what -> {
                if (what.startsWith(fatal)) {
                  waitToBeKilled();
                }
              });
      if (arguments[4].startsWith("deletion")) {
        keepHouse(mortal.lake(), HOUR.plus(Duration.ofDays(91)));
      } else {
        pass(own.other(mortal.lake()), Duration.ofHours(1));
      }
    }

    private static void waitToBeKilled() {
      System.out.println(REACHED);
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
