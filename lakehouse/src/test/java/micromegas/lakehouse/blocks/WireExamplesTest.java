package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.ClientTypes;
import micromegas.transit.UserDefinedType;
import micromegas.transit.UserDefinedType.Member;
import org.junit.jupiter.api.Test;

/// The worked examples of `wire.md` 10, old event types, and the rules of `views.md` 3 and 4.
class WireExamplesTest {
  private static final String RUST_DEPENDENCIES =
      """
      00 11000000 0100000000000000 68656c6c6f207b787d
      00 0b000000 0200000000000000 617070
      00 0f000000 0300000000000000 6d61696e2e7273
      02 1000000000000000 0100000000000000 0200000000000000
         0200000000000000 0300000000000000 2a000000 04000000
      01 11000000 0400000000000000 02 04000000 7a6f6e65
      01 0f000000 0500000000000000 02 02000000 6575
      03 2c000000 2000000000000000 01000000
         0400000000000000 04000000 02000000 0500000000000000 02000000 02000000
      """;
  private final DecodeScratch scratch = new DecodeScratch();

  @Test
  void rustLogBlock() {
    List<UserDefinedType> objects = new ArrayList<>(ClientTypes.logObjects());
    objects.add(MadeBlocks.variable("LogStringEvent")); // 8
    objects.add(MadeBlocks.variable("LogStringInteropEventV2")); // 9
    objects.add(MadeBlocks.variable("FutureEvent")); // 10
    byte[] payload =
        MadeBlocks.payload(
            RUST_DEPENDENCIES,
            """
            00 1000000000000000 e803000000000000
            01 1c000000 1000000000000000 d007000000000000 02 07000000 68656c6c6f2037
            0a 03000000 010203
            04 24000000 1000000000000000 2000000000000000 b80b000000000000 02 07000000 68656c6c6f2038
            02 0200000000000000 03000000 00000000 0100000000000000 09000000 00000000
               a00f000000000000 02000000 00000000
            03 20000000 8813000000000000 03 0400000000000000 04000000 02000000 02 02000000 6869
            08 12000000 1000000000000000 0100000000000000 6f6b
            09 1e000000 0200000000000000 01000000 0200000000000000 03000000 00000000 6f6c
            """);
    ColumnBatch batch = Rows.logBatch();
    new LogBlockProcessor()
        .process(
            MadeBlocks.source(ClientTypes.logDependencies(), objects), payload, batch, scratch);
    assertThat(Rows.logs(batch))
        .containsExactly(
            new Rows.Log(1000, "app", 4, "hello {x}", Map.of()),
            new Rows.Log(2000, "app", 4, "hello 7", Map.of()),
            new Rows.Log(3000, "app", 4, "hello 8", Map.of("zone", "eu")),
            new Rows.Log(4000, "app", 2, "hello {x}", Map.of()),
            new Rows.Log(5000, "zone", 3, "hi", Map.of()),
            new Rows.Log(1, "app", 4, "ok", Map.of()),
            new Rows.Log(2, "app", 1, "ol", Map.of()));
    assertThat(batch.minEventNanos()).isEqualTo(1); // not the first row's
    assertThat(batch.maxEventNanos()).isEqualTo(5000);
    assertThat(Rows.properties(batch, LogColumns.PROCESS_PROPERTIES, 3))
        .isEqualTo(Map.of("a", "1", "b", "2"));
  }

  @Test
  void rustMetricBlock() {
    List<UserDefinedType> objects = new ArrayList<>(ClientTypes.metricObjects());
    objects.add(MadeBlocks.variable("FutureEvent")); // 4
    byte[] payload =
        MadeBlocks.payload(
            """
            00 0b000000 0100000000000000 667073   00 0a000000 0200000000000000 687a
            00 0b000000 0300000000000000 617070   00 0f000000 0400000000000000 6d61696e2e7273
            02 1000000000000000 0100000000000000 0200000000000000 0300000000000000
               0400000000000000 09000000 03000000
            """,
            """
            00 1000000000000000 3c00000000000000 e803000000000000
            01 1000000000000000 0000000000c04d40 d007000000000000
            04 03000000 010203
            00 1000000000000000 ffffffffffffffff d007000000000000
            """);
    ColumnBatch batch = Rows.measureBatch();
    new MetricsBlockProcessor()
        .process(
            MadeBlocks.source(ClientTypes.metricDependencies(), objects), payload, batch, scratch);
    assertThat(Rows.measures(batch))
        .containsExactly(
            new Rows.Measure(1000, "app", "fps", "hz", 60, Map.of()),
            new Rows.Measure(2000, "app", "fps", "hz", 59.5, Map.of()),
            new Rows.Measure(2000, "app", "fps", "hz", 0x1p64, Map.of()));
  }

  @Test
  void unrealLogBlock() {
    Member id = new Member("id", "uint64", 0, 8, true);
    UserDefinedType reference = new UserDefinedType("StaticStringRef", 16, List.of(id), true);
    List<UserDefinedType> dependencies =
        List.of(
            MadeBlocks.variable("StaticStringDependency"),
            new UserDefinedType(
                "LogMetadataDependency",
                64,
                List.of(
                    new Member("id", "uint64", 0, 8, false),
                    new Member("target", "StaticStringRef", 8, 16, true),
                    new Member("fmt_str", "StaticStringRef", 24, 16, true),
                    new Member("file", "StaticStringRef", 40, 16, true),
                    new Member("line", "uint32", 56, 4, false),
                    new Member("level", "uint8", 60, 1, false)),
                false),
            MadeBlocks.variable("PropertySetDependency"),
            new UserDefinedType(
                "Property",
                32,
                List.of(
                    new Member("name", "StaticStringRef", 0, 16, true),
                    new Member("value", "StaticStringRef", 16, 16, true)),
                false));
    List<UserDefinedType> objects =
        List.of(
            MadeBlocks.variable("TaggedLogInteropEvent"),
            MadeBlocks.variable("TaggedLogString"),
            reference);
    byte[] payload =
        MadeBlocks.payload(
            """
            00 14000000 0100000000000000 00 07000000 4c6f6754656d70
            00 10000000 0400000000000000 00 03000000 6d6170
            00 12000000 0500000000000000 00 05000000 4172656e61
            02 2c000000 2000000000000000 01000000
               0400000000000000 00000000 03cdcdcd 0500000000000000 00000000 03cdcdcd
            00 11000000 0600000000000000 01 04000000 41004200
            00 0d000000 0700000000000000 01 00000000
            00 12000000 0800000000000000 00 05000000 612e637070
            01 1000000000000000 0600000000000000 04000000 01cdcdcd 0700000000000000 00000000 01cdcdcd
               0800000000000000 05000000 00cdcdcd 0c000000 03 cdcdcd
            """,
            """
            00 2a000000 e803000000000000 04 0100000000000000 00000000 03cdcdcd 2000000000000000
               01 04000000 48006900
            01 1f000000 1000000000000000 2000000000000000 d007000000000000 00 02000000 6f6b
            """);
    ColumnBatch batch = Rows.logBatch();
    new LogBlockProcessor()
        .process(MadeBlocks.source(dependencies, objects), payload, batch, scratch);
    assertThat(Rows.logs(batch))
        .containsExactly(
            new Rows.Log(1000, "LogTemp", 4, "Hi", Map.of("map", "Arena")),
            new Rows.Log(2000, "AB", 3, "ok", Map.of("map", "Arena")));
  }

  @Test
  void ticksAreConvertedAsTheReferenceDoes() {
    TickConverter fast = new TickConverter(0, 1_000_000_000L, 3_000_000_000L);
    assertThat(fast.toNanos(10_000_000_001L)).isEqualTo(3_000_000_000L);
    assertThat(new TickConverter(0, 0, 10_000_000).toNanos(123)).isEqualTo(12_300);
    // Half away from zero, on both sides.
    TickConverter half = new TickConverter(0, 0, 2_000_000_000L);
    assertThat(half.toNanos(5)).isEqualTo(3);
    assertThat(half.toNanos(-5)).isEqualTo(-3);
    // Clamped, never wrapped.
    assertThat(new TickConverter(Long.MAX_VALUE - 1, 0, 1).toNanos(1_000))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(half.toMillis(4_000_000)).isEqualTo(2.0);
  }

  @Test
  void unknownFrequencyIsEstimatedPerBlock() {
    byte[] payload = MadeBlocks.payload(RUST_DEPENDENCIES, "00 1000000000000000 e803000000000000");
    ColumnBatch batch = Rows.logBatch();
    new LogBlockProcessor()
        .process(
            MadeBlocks.source(
                ClientTypes.logDependencies(),
                ClientTypes.logObjects(),
                0,
                Instant.ofEpochSecond(2),
                1_000_000),
            payload,
            batch,
            scratch);
    assertThat(batch.longs(LogColumns.TIME).get(0)).isEqualTo(2_000_000); // 500 kHz

    for (long endTicks : new long[] {0, -5}) {
      SourceBlock source =
          MadeBlocks.source(
              ClientTypes.logDependencies(),
              ClientTypes.logObjects(),
              -1,
              Instant.ofEpochSecond(2),
              endTicks);
      assertThatThrownBy(() -> new LogBlockProcessor().process(source, payload, batch, scratch))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("invalid frequency")
          .hasMessageContaining(source.stream().info().streamId().toString());
    }
    assertThat(batch.rows()).isEqualTo(1);
  }

  @Test
  void aStreamWhoseTypesChangeIsReadWithTheNewOnes() {
    byte[] payload = MadeBlocks.payload(RUST_DEPENDENCIES, "00 1000000000000000 e803000000000000");
    SourceBlock first = MadeBlocks.source(ClientTypes.logDependencies(), ClientTypes.logObjects());
    ColumnBatch batch = Rows.logBatch();
    new LogBlockProcessor().process(first, payload, batch, scratch);
    var old = first.stream().info();
    var changed =
        new micromegas.transit.StreamInfo(
            old.processId(),
            old.streamId(),
            old.dependenciesMetadata(),
            List.of(MadeBlocks.variable("Other")),
            List.of(),
            Map.of(),
            old.format());
    SourceBlock second =
        new SourceBlock(
            first.block(),
            new micromegas.lake.StoredStream(changed, Instant.EPOCH),
            first.process());
    assertThatThrownBy(() -> new LogBlockProcessor().process(second, payload, batch, scratch))
        .isInstanceOf(CorruptDataException.class);
    assertThat(batch.rows()).isEqualTo(1);
  }
}
