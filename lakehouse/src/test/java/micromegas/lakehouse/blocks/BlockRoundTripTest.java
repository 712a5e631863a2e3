package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.ClientTypes;
import micromegas.transit.LogBlockWriter;
import micromegas.transit.LogDescriptor;
import micromegas.transit.MetricBlockWriter;
import micromegas.transit.MetricDescriptor;
import micromegas.transit.PropertySet;
import micromegas.transit.StaticText;
import org.junit.jupiter.api.Test;

/// What the writers write is what the processors read; what is damaged leaves no row and no other
/// error.
class BlockRoundTripTest {
  private final DecodeScratch scratch = new DecodeScratch();
  private final SourceBlock logStream =
      MadeBlocks.source(ClientTypes.logDependencies(), ClientTypes.logObjects());
  private final SourceBlock metricStream =
      MadeBlocks.source(ClientTypes.metricDependencies(), ClientTypes.metricObjects());

  @Test
  void logEventsOfAllTypes() {
    Random random = new Random(21);
    LogBlockWriter writer = new LogBlockWriter();
    ColumnBatch batch = Rows.logBatch();
    List<Rows.Log> expected = new ArrayList<>();
    for (int block = 0; block < 30; block++) {
      writeLogs(random, writer, random.nextInt(400), expected);
      byte[] payload = PayloadCodec.encode(writer.finish());
      new LogBlockProcessor().process(logStream, payload, batch, scratch);
    }
    assertThat(Rows.logs(batch)).isEqualTo(expected);
    assertThat(batch.column(LogColumns.EXE).size()).isEqualTo(expected.size());
  }

  @Test
  void metricEventsOfAllTypes() {
    Random random = new Random(22);
    MetricBlockWriter writer = new MetricBlockWriter();
    ColumnBatch batch = Rows.measureBatch();
    List<Rows.Measure> expected = new ArrayList<>();
    for (int block = 0; block < 30; block++) {
      writeMetrics(random, writer, random.nextInt(400), expected);
      byte[] payload = PayloadCodec.encode(writer.finish());
      new MetricsBlockProcessor().process(metricStream, payload, batch, scratch);
    }
    assertThat(Rows.measures(batch)).isEqualTo(expected);
  }

  @Test
  void overridesFollowTheProperties() {
    LogBlockWriter logs = new LogBlockWriter();
    LogDescriptor statement = new LogDescriptor("", "app", "m", "f", 1, 4);
    PropertySet override = PropertySet.of(Map.of("level", "warning", "target", "other"));
    logs.tagged(statement, override, 1, utf8("x"));
    logs.taggedInterop(5, StaticText.of("t"), override, 2, utf8("y")); // says its own
    ColumnBatch batch = Rows.logBatch();
    new LogBlockProcessor().process(logStream, PayloadCodec.encode(logs.finish()), batch, scratch);
    Map<String, String> properties = Map.of("level", "warning", "target", "other");
    assertThat(Rows.logs(batch))
        .containsExactly(
            new Rows.Log(1, "other", 3, "x", properties), new Rows.Log(2, "t", 5, "y", properties));

    for (String bad : List.of("warn", "INFO", "")) {
      logs.logStatic(statement, 1);
      logs.tagged(statement, PropertySet.of(Map.of("level", bad)), 1, utf8("x"));
      byte[] payload = PayloadCodec.encode(logs.finish());
      assertThatThrownBy(() -> new LogBlockProcessor().process(logStream, payload, batch, scratch))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("property level");
      assertThat(batch.rows()).isEqualTo(2);
      assertThat(batch.maxEventNanos()).isEqualTo(2);
    }

    MetricBlockWriter metrics = new MetricBlockWriter();
    MetricDescriptor metric = new MetricDescriptor("n", "ticks", "t", "f", 1, 1);
    metrics.integer(metric, 1_500_000_000, 1);
    metrics.floating(metric, 7, 2);
    PropertySet unit = PropertySet.of(Map.of("unit", "ms", "name", "other"));
    metrics.taggedInteger(metric, unit, 7, 3);
    PropertySet ticks = PropertySet.of(Map.of("unit", "ticks", "target", "u"));
    MetricDescriptor plain = new MetricDescriptor("p", "x", "t", "f", 1, 1);
    metrics.taggedInteger(plain, ticks, 2_000_000_000, 4);
    metrics.taggedFloating(plain, ticks, 2, 5);
    ColumnBatch measures = Rows.measureBatch();
    new MetricsBlockProcessor()
        .process(metricStream, PayloadCodec.encode(metrics.finish()), measures, scratch);
    assertThat(Rows.measures(measures))
        .containsExactly(
            new Rows.Measure(1, "t", "n", "seconds", 1.5, Map.of()),
            new Rows.Measure(2, "t", "n", "ticks", 7, Map.of()),
            new Rows.Measure(3, "t", "other", "ms", 7, Map.of("unit", "ms", "name", "other")),
            new Rows.Measure(4, "u", "p", "seconds", 2, Map.of("unit", "ticks", "target", "u")),
            new Rows.Measure(5, "u", "p", "ticks", 2, Map.of("unit", "ticks", "target", "u")));
  }

  @Test
  void truncatedAndFlippedBuffersLeaveNoRow() {
    Random random = new Random(23);
    LogBlockWriter logs = new LogBlockWriter();
    writeLogs(random, logs, 25, new ArrayList<>());
    DamagedBlocks.sweep(
        new LogBlockProcessor(), logStream, PayloadCodec.encode(logs.finish()), Rows.logBatch());
    MetricBlockWriter metrics = new MetricBlockWriter();
    writeMetrics(random, metrics, 25, new ArrayList<>());
    DamagedBlocks.sweep(
        new MetricsBlockProcessor(),
        metricStream,
        PayloadCodec.encode(metrics.finish()),
        Rows.measureBatch());
    for (RecordedProcess.Stored stored : RecordedProcess.logs()) {
      DamagedBlocks.damage(new LogBlockProcessor(), stored, Rows.logBatch());
    }
    for (RecordedProcess.Stored stored : RecordedProcess.metrics()) {
      DamagedBlocks.damage(new MetricsBlockProcessor(), stored, Rows.measureBatch());
    }
  }

  @Test
  void aSmallBlockCannotUnfoldToMuchText() {
    LogBlockWriter writer = new LogBlockWriter();
    LogDescriptor statement = new LogDescriptor("x".repeat(100_000), "t", "m", "f", 1, 4);
    for (int i = 0; i < 1_000; i++) {
      writer.logStatic(statement, i);
    }
    byte[] payload = PayloadCodec.encode(writer.finish());
    assertThat(payload.length).isLessThan(20_000);
    ColumnBatch batch = Rows.logBatch();
    DecodeScratch small = new DecodeScratch(new DecodeLimits(1 << 20, 1_000_000, 1_000));
    assertThatThrownBy(() -> new LogBlockProcessor().process(logStream, payload, batch, small))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("limit of 1000000 bytes");
    assertThat(batch.rows()).isZero();
  }

  private static void writeLogs(
      Random random, LogBlockWriter writer, int count, List<Rows.Log> expected) {
    List<LogDescriptor> statements = new ArrayList<>();
    List<StaticText> texts = new ArrayList<>();
    List<Map<String, String>> maps = new ArrayList<>();
    List<PropertySet> sets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      statements.add(new LogDescriptor("format " + i, "target " + i % 2, "m", "f", i, 1 + i));
      texts.add(StaticText.of("täxt " + i));
      maps.add(properties(random));
      sets.add(PropertySet.of(maps.get(i)));
    }
    for (int n = 0; n < count; n++) {
      int i = random.nextInt(5);
      int j = random.nextInt(5);
      long time = random.nextInt(1_000_000);
      String text = "message €" + random.nextInt(1000);
      byte[] message = utf8(text);
      switch (random.nextInt(6)) {
        case 0 -> {
          writer.logStatic(statements.get(i), time);
          expected.add(new Rows.Log(time, "target " + i % 2, 1 + i, "format " + i, Map.of()));
        }
        case 1 -> {
          writer.log(statements.get(i), time, message);
          expected.add(new Rows.Log(time, "target " + i % 2, 1 + i, text, Map.of()));
        }
        case 2 -> {
          writer.tagged(statements.get(i), sets.get(j), time, message);
          expected.add(new Rows.Log(time, "target " + i % 2, 1 + i, text, maps.get(j)));
        }
        case 3 -> {
          writer.interopStatic(i, texts.get(j), time, texts.get(i));
          expected.add(new Rows.Log(time, "täxt " + j, i, "täxt " + i, Map.of()));
        }
        case 4 -> {
          writer.interop(i, texts.get(j), time, message);
          expected.add(new Rows.Log(time, "täxt " + j, i, text, Map.of()));
        }
        default -> {
          writer.taggedInterop(i, texts.get(i), sets.get(j), time, message);
          expected.add(new Rows.Log(time, "täxt " + i, i, text, maps.get(j)));
        }
      }
    }
    assertThat(writer.events()).isEqualTo(count);
  }

  private static void writeMetrics(
      Random random, MetricBlockWriter writer, int count, List<Rows.Measure> expected) {
    List<MetricDescriptor> metrics = new ArrayList<>();
    List<Map<String, String>> maps = new ArrayList<>();
    List<PropertySet> sets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      metrics.add(new MetricDescriptor("name " + i, "unit", "target " + i % 2, "f", i, 1));
      maps.add(properties(random));
      sets.add(PropertySet.of(maps.get(i)));
    }
    for (int n = 0; n < count; n++) {
      int i = random.nextInt(5);
      int j = random.nextInt(5);
      long time = random.nextInt(1_000_000);
      long value = random.nextInt(1000);
      Map<String, String> properties = Map.of();
      switch (random.nextInt(4)) {
        case 0 -> writer.integer(metrics.get(i), value, time);
        case 1 -> writer.floating(metrics.get(i), value, time);
        case 2 -> {
          writer.taggedInteger(metrics.get(i), sets.get(j), value, time);
          properties = maps.get(j);
        }
        default -> {
          writer.taggedFloating(metrics.get(i), sets.get(j), value, time);
          properties = maps.get(j);
        }
      }
      expected.add(
          new Rows.Measure(time, "target " + i % 2, "name " + i, "unit", value, properties));
    }
  }

  private static Map<String, String> properties(Random random) {
    Map<String, String> properties = new HashMap<>();
    for (int i = random.nextInt(50); i > 0; i -= 7) {
      properties.put("k" + random.nextInt(100), "ü" + random.nextInt(100));
    }
    return properties;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
