package micromegas.lake.metadata;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The three schemas of a lake. The first two are shared with the reference implementation and stay
/// at the versions that it accepts; the third is ours alone.
final class Schemas {

  /// Tables of ingestion.
  static final Schema TELEMETRY =
      new Schema(
          "telemetry",
          "migration",
          0,
          steps("telemetry", 7, Map.of(3, TelemetryMigrations::buildUniqueIndexes), Map.of()));

  /// Tables of partitions.
  static final Schema LAKEHOUSE =
      new Schema(
          "lakehouse",
          "lakehouse_migration",
          1,
          steps(
              "lakehouse",
              9,
              Map.of(),
              Map.of(
                  3, LakehouseMigrations::fillRowCounts,
                  7, LakehouseMigrations::refuseOverlaps)));

  /// Tables that the reference does not know. The lock key spells "microjav".
  static final Schema OWN =
      new Schema(
          "micromegas_java",
          "micromegas_java.schema_version",
          0x6d6963726f6a6176L,
          steps("own", 3, Map.of(), Map.of()));

  private Schemas() {}

  /// @param versionTable holds one row with the version
  /// @param lockKey advisory lock taken while migrating
  record Schema(String name, String versionTable, long lockKey, List<Step> steps) {
    int latestVersion() {
      return steps.getLast().version();
    }
  }

  /// The way from `version - 1` to `version`.
  ///
  /// @param outside runs first, without a transaction
  /// @param inside runs first inside the transaction of the script
  /// @param script SQL that ends with setting the version
  record Step(int version, Optional<Action> outside, Optional<Action> inside, String script) {}

  @FunctionalInterface
  interface Action {
    void run(java.sql.Connection connection) throws java.sql.SQLException;
  }

  private static List<Step> steps(
      String folder, int latest, Map<Integer, Action> outside, Map<Integer, Action> inside) {
    List<Step> steps = new ArrayList<>();
    for (int version = 1; version <= latest; version++) {
      steps.add(
          new Step(
              version,
              Optional.ofNullable(outside.get(version)),
              Optional.ofNullable(inside.get(version)),
              script(folder + "/" + version + ".sql")));
    }
    return List.copyOf(steps);
  }

  private static String script(String path) {
    try (InputStream in = Schemas.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: no resource " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
