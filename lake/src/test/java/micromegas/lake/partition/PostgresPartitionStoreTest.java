package micromegas.lake.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.TimeRange;
import micromegas.lake.metadata.Database;
import micromegas.lake.testkit.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresPartitionStoreTest {
  private static final Instant NOW = Instant.parse("2024-05-06T12:00:00Z");
  private static final byte[] HASH = {6};
  private static final byte[] OLDER = {5};
  private static final RetireRule NOTHING =
      new RetireRule.Overlap(
          Set.of(
              new RetireRule.InsertRange(at(6), at(7)), new RetireRule.InsertRange(at(7), at(8))));

  private static Database database;
  private static PostgresPartitionStore store;

  @BeforeAll
  static void open() {
    database = TestPostgres.freshDatabase();
    store =
        new PostgresPartitionStore(database.dataSource(), Clock.fixed(NOW, ZoneOffset.UTC), "test");
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void empty() throws Exception {
    execute("DELETE FROM lakehouse_partitions");
    execute("DELETE FROM temporary_files");
    execute("DELETE FROM micromegas_java.file_uploads");
  }

  @Test
  void lockKeyIsTheOneOfTheReference() {
    Instant begin = Instant.parse("2024-05-06T07:08:09.123456Z");
    Instant end = Instant.parse("2024-05-06T08:00:00Z");
    assertThat(
            HexFormat.of().formatHex(PartitionLockKey.bytes("log_entries", "global", begin, end)))
        .isEqualTo(
            "6c6f675f656e7472696573ff676c6f62616cfff607fd005964000000ca5b07f607fd008070000000000000");
    assertThat(PartitionLockKey.of("log_entries", "global", begin, end))
        .isEqualTo(7848455377527087877L);
  }

  @Test
  void commitEndsTheRegistrationAndMakesThePartitionVisible() throws Exception {
    Partition partition = partition("view", at(7), at(8), HASH, "file-a");
    store.registerUpload("file-a");
    assertThat(single("SELECT count(*) FROM micromegas_java.file_uploads")).isEqualTo("1");
    assertThat(store.commit(partition, RetireRule.CONTAINMENT)).isEmpty();
    assertThat(single("SELECT count(*) FROM micromegas_java.file_uploads")).isEqualTo("0");
    Partition found = store.listAll().getFirst();
    assertThat(found).usingRecursiveComparison().isEqualTo(partition);
    store.registerUpload("file-b");
    store.abandon("file-b");
    assertThat(single("SELECT count(*) FROM micromegas_java.file_uploads")).isEqualTo("0");
  }

  @Test
  void containmentRetiresWhatLiesInsideOfAnySchemaHashAndKeepsItsFilesForAnHour() throws Exception {
    store.commit(partition("view", at(7), at(8), HASH, "inside"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(7), at(8), new byte[] {5}, "old"), RetireRule.CONTAINMENT);
    // The second retired the first although their hashes differ.
    assertThat(files()).containsExactly("old");
    store.commit(partition("view", at(8), at(9), HASH, "neighbour"), RetireRule.CONTAINMENT);
    store.commit(partition("other", at(7), at(8), HASH, "other"), RetireRule.CONTAINMENT);
    List<Partition> retired =
        store.commit(partition("view", at(6), at(8), HASH, "wide"), RetireRule.CONTAINMENT);
    assertThat(retired).extracting(p -> p.filePath().orElseThrow()).containsExactly("old");
    assertThat(files()).containsExactlyInAnyOrder("neighbour", "other", "wide");
    assertThat(
            single(
                "SELECT string_agg(file_path || ' ' || (expiration = '2024-05-06T13:00Z'), ',' ORDER BY file_path)"
                    + " FROM temporary_files"))
        .isEqualTo("inside true,old true");
  }

  @Test
  void degenerateRangeRetiresOnlyItself() {
    store.commit(partition("view", at(7), at(7), HASH, "dot"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(7), at(8), new byte[] {1}, "range"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(9), at(9), HASH, "dot-1"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(9), at(9), HASH, "dot-2"), RetireRule.CONTAINMENT);
    assertThat(files()).containsExactlyInAnyOrder("range", "dot-2");
  }

  @Test
  void overlapRetiresWhatTouchesExceptHandledRanges() {
    store.commit(partition("view", at(6), at(7), HASH, "handled"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(8), at(10), HASH, "wide"), RetireRule.CONTAINMENT);
    store.commit(
        partition("view", at(7), at(8), HASH, "new"),
        new RetireRule.Overlap(Set.of(new RetireRule.InsertRange(at(6), at(7)))));
    assertThat(files()).containsExactlyInAnyOrder("handled", "new");
  }

  @Test
  void conflictNamesTheRangeAndChangesNothing() throws Exception {
    store.commit(partition("view", at(6), at(8), HASH, "first"), RetireRule.CONTAINMENT);
    store.registerUpload("second");
    assertThatThrownBy(() ->
            store.commit(partition("view", at(7), at(9), HASH, "second"), RetireRule.CONTAINMENT))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("overlaps an existing partition")
        .hasMessageContaining("view/global");
    assertThat(files()).containsExactly("first");
    assertThat(single("SELECT count(*) FROM micromegas_java.file_uploads")).isEqualTo("1");
  }

  @Test
  void inputsAreReplacedTogetherWithOlderSchemas() {
    Partition six = partition("view", at(6), at(7), HASH, "six");
    Partition seven = emptyPartition("view", at(7), at(8));
    store.commit(six, RetireRule.CONTAINMENT);
    store.commit(seven, RetireRule.CONTAINMENT);
    store.commit(partition("view", at(7), at(8).minusSeconds(1), OLDER, "old"), NOTHING);
    store.commit(partition("view", at(8), at(9), HASH, "neighbour"), RetireRule.CONTAINMENT);

    List<Partition> retired =
        store.commit(
            partition("view", at(6), at(8), HASH, "merged"),
            RetireRule.Inputs.of(List.of(seven, six)));

    assertThat(retired).hasSize(3);
    assertThat(files()).containsExactlyInAnyOrder("merged", "neighbour");
  }

  @Test
  void inputsThatAreNotWhatIsThereRefuseTheCommit() throws Exception {
    Partition six = partition("view", at(6), at(7), HASH, "six");
    Partition seven = partition("view", at(7), at(8), HASH, "seven");
    store.commit(six, RetireRule.CONTAINMENT);
    store.commit(seven, RetireRule.CONTAINMENT);
    Partition merged = partition("view", at(6), at(8), HASH, "merged");
    Partition replaced = partition("view", at(7), at(8), HASH, "replaced");
    Partition added = partition("view", at(7).plusSeconds(1800), at(8), HASH, "added");
    Partition emptied = emptyPartition("view", at(7), at(8));

    for (List<Partition> others :
        List.of(
            List.of(six),
            List.of(six, replaced),
            List.of(six, seven, added),
            List.of(six, emptied))) {
      assertThatThrownBy(() -> store.commit(merged, RetireRule.Inputs.of(others)))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("view/global [2024-05-06T06:00:00Z");
      assertThat(files()).containsExactly("six", "seven");
      assertThat(single("SELECT count(*) FROM temporary_files")).isEqualTo("0");
    }
  }

  /// The window that no check before the commit can close: the other writer has written, but not
  /// committed, when the merge commits.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWriterThatIsAboutToCommitKeepsWhatItWrote(boolean replaces) throws Exception {
    Partition six = partition("view", at(6), at(7), HASH, "six");
    Partition seven = partition("view", at(7), at(8), HASH, "seven");
    store.commit(six, RetireRule.CONTAINMENT);
    store.commit(seven, RetireRule.CONTAINMENT);
    Partition merged = partition("view", at(6), at(9), HASH, "merged");
    try (Connection other = database.dataSource().getConnection();
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        // A row in place of an input, or one where none was.
        if (replaces) {
          statement.execute("DELETE FROM lakehouse_partitions WHERE file_path = 'seven'");
        }
        statement.execute(
            """
            INSERT INTO lakehouse_partitions SELECT view_set_name, view_instance_id,
              begin_insert_time + INTERVAL '%1$d hour', end_insert_time + INTERVAL '%1$d hour',
              min_event_time, max_event_time, updated, 'other', file_size, file_schema_hash,
              source_data_hash, num_rows, partition_format_version, sort_order, max_sort_key_time
            FROM lakehouse_partitions WHERE file_path = 'six'
            """
                .formatted(replaces ? 1 : 2));
      }
      Future<?> commit =
          threads.submit(() -> store.commit(merged, RetireRule.Inputs.of(List.of(six, seven))));
      while (single("SELECT count(*) FROM pg_locks WHERE NOT granted").equals("0")) {
        Thread.onSpinWait();
      }
      other.commit();
      other.setAutoCommit(true);
      assertThatThrownBy(commit::get).hasCauseInstanceOf(ConflictException.class);
    }
    assertThat(files())
        .containsExactlyElementsOf(
            replaces ? List.of("six", "other") : List.of("six", "seven", "other"));
  }

  @Test
  void listsByEventAndInsertTime() {
    store.commit(partition("view", at(6), at(7), HASH, "six"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(7), at(8), HASH, "seven"), RetireRule.CONTAINMENT);
    store.commit(emptyPartition("view", at(8), at(9)), RetireRule.CONTAINMENT);
    TimeRange six = TimeRange.of(at(6), at(6).plusSeconds(60));
    assertThat(store.listByEventTime("view", "global", six, HASH))
        .extracting(p -> p.filePath().orElse(""))
        .containsExactly("six");
    assertThat(store.listByEventTime("view", "global", TimeRange.ALL, HASH)).hasSize(3);
    assertThat(store.listByEventTime("view", "global", TimeRange.ALL, new byte[] {9})).isEmpty();
    assertThat(store.listByInsertTime("view", "global", at(7), at(7))).hasSize(2);
    assertThat(store.snapshot(at(7), at(8))).hasSize(1);
  }

  @Test
  void brokenRowFailsItsInstanceByNameAndNobodyElse() throws Exception {
    store.commit(partition("good", at(6), at(7), HASH, "six"), RetireRule.CONTAINMENT);
    execute(
        """
        INSERT INTO lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time,
          end_insert_time, updated, file_path, file_size, file_schema_hash, source_data_hash, num_rows)
        VALUES ('bad', 'global', '2024-05-06T06:00Z', '2024-05-06T07:00Z', now(), NULL, 0, '\\x06',
          '\\x0000000000000000', 5)
        """);
    assertThatThrownBy(() -> store.listByInsertTime("bad", "global", at(0), at(9)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("bad/global");
    assertThat(store.listByInsertTime("good", "global", at(0), at(9))).hasSize(1);
    assertThat(store.snapshot(at(0), at(9))).hasSize(1);
    assertThat(store.listAll()).hasSize(1);
    assertThat(store.retireExpired(at(9), 10)).isEqualTo(2);
  }

  @Test
  void refusesToWriteARowThatReadersWouldRefuse() {
    Partition rowsWithoutFile =
        new Partition(
            "view",
            "global",
            at(6),
            at(7),
            Optional.empty(),
            NOW,
            Optional.empty(),
            0,
            HASH,
            SourceCounts.encode(1),
            5,
            2,
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> store.commit(rowsWithoutFile, RetireRule.CONTAINMENT))
        .isInstanceOf(CorruptDataException.class);
  }

  @Test
  void retiresByFileAndByMetadata() {
    store.commit(partition("view", at(6), at(7), HASH, "six"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(7), at(8), HASH, "seven"), RetireRule.CONTAINMENT);
    store.commit(partition("view", at(8), at(9), HASH, "eight"), RetireRule.CONTAINMENT);
    assertThat(store.retireByFile("six")).isPresent();
    assertThat(store.retireByFile("six")).isEmpty();
    assertThat(store.retireByMetadata("view", "global", at(7), at(8))).isPresent();
    assertThat(store.retire("view", "global", at(0), at(12))).hasSize(1);
    assertThat(store.listAll()).isEmpty();
  }

  private static Instant at(int hour) {
    return Instant.parse("2024-05-06T00:00:00Z").plus(Duration.ofHours(hour));
  }

  private static Partition partition(
      String viewSet, Instant begin, Instant end, byte[] hash, String file) {
    return new Partition(
        viewSet,
        "global",
        begin,
        end,
        Optional.of(new Partition.EventBounds(begin, begin.plusSeconds(1800))),
        NOW,
        Optional.of(file),
        100,
        hash,
        SourceCounts.encode(3),
        3,
        2,
        Optional.of(List.of("time")),
        Optional.of(end));
  }

  private static Partition emptyPartition(String viewSet, Instant begin, Instant end) {
    return new Partition(
        viewSet,
        "global",
        begin,
        end,
        Optional.empty(),
        NOW,
        Optional.empty(),
        0,
        HASH,
        SourceCounts.encode(0),
        0,
        2,
        Optional.empty(),
        Optional.empty());
  }

  private static List<String> files() {
    return store.listAll().stream().map(p -> p.filePath().orElse("")).toList();
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String single(String sql) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
