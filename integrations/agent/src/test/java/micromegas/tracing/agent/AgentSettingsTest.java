package micromegas.tracing.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import micromegas.tracing.KeepPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Settings of the agent, and where they come from.
class AgentSettingsTest {
  private static AgentSettings read(
      String argument, Map<String, String> properties, Map<String, String> environment) {
    return AgentSettings.read(argument, properties::get, environment::get);
  }

  @Test
  void everythingIsWovenByDefault() {
    AgentSettings settings = read(null, Map.of(), Map.of());
    assertThat(settings.enabled()).isTrue();
    assertThat(settings.parts()).containsExactlyInAnyOrder(AgentSettings.Part.values());
    assertThat(settings.annotations()).singleElement().asString().endsWith(".WithSpan");
    assertThat(settings.methods()).isEmpty();
    assertThat(settings.spans()).isNull();
  }

  @Test
  void theArgumentWinsOverPropertiesAndTheseOverTheEnvironment() {
    Map<String, String> environment =
        Map.of("MICROMEGAS_AGENT_MAX_NAMES", "7", "MICROMEGAS_AGENT_JFR", "true");
    Map<String, String> properties =
        Map.of("micromegas.agent.max.names", "8", "micromegas.agent.spans", "false");
    assertThat(read(null, Map.of(), environment).maxNames()).isEqualTo(7);
    assertThat(read("", properties, environment).maxNames()).isEqualTo(8);
    AgentSettings settings =
        read(" max_names=9 ; instrument=jdbc, http-client;", properties, environment);
    assertThat(settings.maxNames()).isEqualTo(9);
    assertThat(settings.spans()).isFalse();
    assertThat(settings.jfr()).isTrue();
    assertThat(settings.parts())
        .containsExactlyInAnyOrder(AgentSettings.Part.JDBC, AgentSettings.Part.HTTP_CLIENT);
  }

  @Test
  void detailsOfRequestsAreKeptByAPolicyThatIsAskedFor() {
    assertThat(read(null, Map.of(), Map.of()).requestPolicy()).isNull();
    KeepPolicy slow = read("requests_slower_than=200", Map.of(), Map.of()).requestPolicy();
    assertThat(slow.keep(Duration.ofMillis(100), false)).isFalse();
    assertThat(slow.keep(Duration.ofMillis(300), false)).isTrue();
    assertThat(slow.keep(Duration.ofMillis(100), true)).isTrue();
    KeepPolicy each = read("requests_one_in=1", Map.of(), Map.of()).requestPolicy();
    assertThat(each.keep(Duration.ZERO, false)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          max_names=many           | the agent's argument max_names: no whole number: many
          max_names=0              | max_names: must be at least 1
          enabled=maybe            | neither true nor false
          instrument=jdbc,telepathy | "telepathy" is none of
          methods=com.acme.Orders  | no package.Class#method
          methods=com.acme.*#a(b)  | '(' in the pattern
          colour=red               | no argument colour
          nonsense                 | no = in the agent's argument
          """)
  void badValuesSayWhereTheyAre(String argument, String message) {
    assertThatThrownBy(() -> read(argument, Map.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
