package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.UnavailableException;
import org.junit.jupiter.api.Test;

class MaintenanceTasksTest {
  private static final Instant NOW = Instant.parse("2026-05-06T07:10:30.700Z");

  private final ModelLake lake = new ModelLake();
  private final List<String> cleaned = new ArrayList<>();

  private MaintenanceTasks tasks(HousekeepingStep... steps) {
    return new MaintenanceTasks(
        lake.materializer(),
        lake,
        List.of(steps),
        MaintenanceSettings.DEFAULT,
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private HousekeepingStep step(String name, boolean fails) {
    return new HousekeepingStep() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long run(Instant now) {
        cleaned.add(name);
        if (fails) {
          throw new UnavailableException(name + " are stuck");
        }
        return 1;
      }
    };
  }

  @Test
  void aSecondWithoutBlocksCostsOneQuestionAndLeavesNothing() {
    assertThat(tasks().run(TaskKind.SECOND, Instant.EPOCH)).isEqualTo("2026-05-06T07:10:29Z");
    assertThat(lake.partitions.snapshots).isZero();
    assertThat(lake.partitions.listAll()).isEmpty();
  }

  @Test
  void secondsThatWereMissedAreMadeUpFor() {
    lake.insert(Instant.parse("2026-05-06T07:10:25.5Z"), 2);
    tasks().run(TaskKind.SECOND, Instant.parse("2026-05-06T07:10:24Z"));
    assertThat(lake.of(lake.rows))
        .singleElement()
        .satisfies(p -> assertThat(p.beginInsertTime()).isEqualTo("2026-05-06T07:10:25Z"));
  }

  @Test
  void retentionThatFailsBlocksNeitherTheOtherStepsNorMaterialisation() {
    lake.insert(Instant.parse("2026-05-06T06:10:25.5Z"), 2);
    assertThatThrownBy(() ->
            tasks(step("expired blocks", true), step("temporary files", false))
                .run(TaskKind.HOUR, Instant.EPOCH))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("expired blocks are stuck");
    assertThat(cleaned).containsExactly("expired blocks", "temporary files");
    assertThat(lake.of(lake.rows)).hasSize(2);
  }

  @Test
  void onlyTheHourlyTaskKeepsHouse() {
    MaintenanceTasks tasks = tasks(step("temporary files", false));
    tasks.run(TaskKind.SECOND, Instant.EPOCH);
    tasks.run(TaskKind.MINUTE, Instant.EPOCH);
    tasks.run(TaskKind.DAY, Instant.EPOCH);
    assertThat(cleaned).isEmpty();
    tasks.run(TaskKind.HOUR, Instant.EPOCH);
    assertThat(cleaned).containsExactly("temporary files");
  }
}
