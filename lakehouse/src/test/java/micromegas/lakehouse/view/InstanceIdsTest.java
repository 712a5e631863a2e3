package micromegas.lakehouse.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import micromegas.common.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceIdsTest {
  private static final String ID = "30914115-c384-44af-b27a-a65b6c8bffdd";

  private final ViewMaker maker = new LogEntriesViewMaker(Map.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        ID,
        "30914115-C384-44AF-B27A-A65B6C8BFFDD",
        "30914115c38444afb27aa65b6c8bffdd",
        "{30914115-c384-44af-b27a-a65b6c8bffdd}",
        "urn:uuid:30914115-c384-44af-b27a-a65b6c8bffdd",
        "URN:UUID:30914115-C384-44AF-B27A-A65B6C8BFFDD"
      })
  void everySpellingNamesTheSameInstance(String text) {
    assertThat(maker.make(text).id()).isEqualTo(new ViewId("log_entries", ID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1-2-3-4-5", "Global", "30914115-c384-44af-b27a-a65b6c8bffd", "x'; --"})
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> maker.make(text))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("Uuid::parse_str")
        .hasMessageContaining(text);
  }

  @Test
  void onlyTheGlobalInstanceIsKeptByTheDaemon() {
    assertThat(maker.make("global").batch()).isPresent();
    assertThat(maker.make(ID).batch()).isEmpty();
  }
}
