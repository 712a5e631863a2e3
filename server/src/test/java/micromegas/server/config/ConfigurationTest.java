package micromegas.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import micromegas.common.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  @TempDir private Path folder;

  @Test
  void namesAreUniqueAndFollowOneRule() {
    Set<String> names = new HashSet<>();
    Set<String> variables = new HashSet<>();
    for (Setting<?> setting : Settings.all()) {
      assertThat(names.add(setting.name())).as(setting.name()).isTrue();
      assertThat(variables.add(setting.environment())).as(setting.environment()).isTrue();
      assertThat(setting.name()).matches("[a-z]+(-[a-z]+)*");
      assertThat(setting.environment()).startsWith("MICROMEGAS_");
    }
  }

  @Test
  void defaultsAreOfTheirForm() {
    Configuration configuration = Configuration.of(Map.of());

    assertThat(configuration.get(Settings.FRESH_CLOSED_AFTER)).isEqualTo(Duration.ofSeconds(10));
    assertThat(configuration.get(Settings.PIPELINE_MEMORY)).isEqualTo(128L << 20);
    assertThat(configuration.get(Settings.TAIL_SIZE)).isEqualTo(1L << 30);
    assertThat(configuration.get(Settings.FLIGHT_SEND_AHEAD)).isEqualTo(4 << 20);
    assertThat(configuration.find(Settings.PIPELINE_WORKERS)).isEmpty();
  }

  @Test
  void flagWinsOverEnvironmentWinsOverFile() throws IOException {
    Path file = folder.resolve("settings");
    Files.writeString(
        file, "pipeline-reads=1\nfresh-parallel-builds=1\nfresh-parallel-fetches=1\n");

    Configuration configuration =
        Configuration.load(
            Map.of("pipeline-reads", "3"),
            Map.of(
                "MICROMEGAS_PIPELINE_READS", "2",
                "MICROMEGAS_FRESH_PARALLEL_BUILDS", "2"),
            Optional.of(file));

    assertThat(configuration.get(Settings.PIPELINE_READS)).isEqualTo(3);
    assertThat(configuration.get(Settings.FRESH_PARALLEL_BUILDS)).isEqualTo(2);
    assertThat(configuration.get(Settings.FRESH_PARALLEL_FETCHES)).isEqualTo(1);
    assertThat(configuration.source(Settings.FRESH_PARALLEL_FETCHES))
        .isEqualTo(Configuration.Source.FILE);
  }

  @Test
  void wrongValuesNameTheSettingAndItsForm() {
    assertThatThrownBy(() -> Configuration.of(Map.of("fresh-tail-objects", "many")))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("--fresh-tail-objects")
        .hasMessageContaining("a number of events");
    assertThatThrownBy(() -> Configuration.of(Map.of("flight-send-ahead", "4GiB")))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("--flight-send-ahead");
    assertThatThrownBy(() -> Configuration.of(Map.of("fresh-settle-after", "599s")))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("--fresh-settle-after");
    assertThatThrownBy(() -> Configuration.of(Map.of("no-such-flag", "1")))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("no-such-flag");
  }
}
