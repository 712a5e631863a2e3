package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.BlockSampler.Verdict;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.OnDemandSampler;
import micromegas.tracing.spi.SampledBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.tracing.spi.WantedRanges;
import micromegas.tracing.testing.MemorySink;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which blocks of spans are sent.
class SamplingTest {
  private static final SpanSite SPAN = Sites.here().span("span");
  private static final AsyncSpanSite TASK = Sites.here().asyncSpan("task");
  private static final Log LOG = Log.of("sampling");
  private static final WorkSite WORK = Sites.here().work(KeepPolicy.failed());
  private static final Duration FLUSH = Duration.ofSeconds(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long SECOND = 1_000_000_000L;
  private static final StreamInfo STREAM =
      new StreamInfo(
          new UUID(1, 2),
          new UUID(1, 3),
          List.of(),
          List.of(),
          List.of("cpu"),
          Map.of(),
          StreamInfo.TRANSIT_FORMAT);

  private final MemorySink sink = new MemorySink();
  private Telemetry telemetry;

  private void start(BlockSampler sampler, long heldBytes) {
    telemetry =
        Telemetry.builder()
            .sink(sink)
            .spans(true)
            .sampler(sampler)
            .heldBytes(heldBytes)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start();
  }

  @AfterEach
  void stop() {
    if (telemetry != null) {
      telemetry.close();
    }
  }

  private int sent() {
    return sink.spans().values().stream().mapToInt(List::size).sum();
  }

  private double sampledOut() {
    return sink.metrics().stream()
        .filter(metric -> metric.name().equals("mm_sampled_out_events"))
        .mapToDouble(metric -> metric.value())
        .sum();
  }

  private void spansAndFlush(int count) {
    for (int i = 0; i < count; i++) {
      SPAN.enter().close();
    }
    telemetry.flush(FLUSH);
  }

  @Test
  void whatIsNotWantedIsCounted() {
    start(BlockSampler.off(), 1 << 20);
    spansAndFlush(10);
    LOG.info("logs are sent");
    telemetry.close();
    assertThat(sent()).isZero();
    assertThat(sink.streams()).noneMatch(stream -> stream.tags().contains("cpu"));
    assertThat(sampledOut()).isEqualTo(20);
    assertThat(sink.logs()).hasSize(1);
  }

  @Test
  void anErrorSendsWhatWasHeldAround() {
    start(BlockSampler.aroundErrors(HOUR, HOUR), 1 << 20);
    spansAndFlush(3);
    spansAndFlush(4);
    assertThat(sent()).isZero();
    LOG.warn("no error");
    telemetry.flush(FLUSH);
    assertThat(sent()).isZero();
    LOG.error("now");
    telemetry.flush(FLUSH);
    assertThat(sent()).isEqualTo(14);
    spansAndFlush(2);
    telemetry.close();
    assertThat(sent()).isEqualTo(18);
    assertThat(sampledOut()).isZero();
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
  }

  @Test
  void theRingOfHeldBlocksIsBounded() {
    OnDemandSampler recorder = BlockSampler.onDemand(HOUR);
    spansOfOneBlock();
    long each =
        sink.blocks().stream()
            .filter(block -> block.kind() == StreamKind.SPANS)
            .mapToLong(FinishedBlock::memoryBytes)
            .max()
            .orElseThrow();
    sink.clear();
    start(recorder, 3 * each + each / 2);
    for (int i = 0; i < 10; i++) {
      spansAndFlush(100);
    }
    recorder.keepLast(HOUR);
    telemetry.flush(FLUSH);
    List<FinishedBlock> kept = new ArrayList<>(sink.blocks());
    kept.removeIf(block -> block.kind() != StreamKind.SPANS);
    assertThat(kept.stream().mapToLong(FinishedBlock::memoryBytes).sum())
        .isLessThanOrEqualTo(3 * each + each / 2);
    assertThat(kept).isNotEmpty().hasSizeLessThan(10);
    // The youngest are kept: their events are the last ones.
    FinishedBlock last = kept.get(kept.size() - 1);
    assertThat(last.info().objectOffset() + last.info().nbObjects()).isEqualTo(2_000);
    assertThat(sent() + sampledOut()).isEqualTo(2_000);
  }

  private void spansOfOneBlock() {
    start(BlockSampler.all(), 0);
    spansAndFlush(100);
    telemetry.close();
  }

  @Test
  void onDemandKeepsWhatComes() {
    OnDemandSampler recorder = BlockSampler.onDemand(Duration.ZERO);
    start(recorder, 1 << 20);
    recorder.keepFor(HOUR);
    spansAndFlush(5);
    assertThat(sent()).isEqualTo(10);
  }

  @Test
  void aUnitOfWorkThatWasKeptIsSentWhateverTheSamplerSays() {
    start(BlockSampler.off(), 1 << 20);
    try (WorkUnit unit = WORK.begin()) {
      SPAN.enter().close();
      TASK.run(() -> {});
    }
    telemetry.flush(FLUSH);
    assertThat(sent()).isZero();
    try (WorkUnit unit = WORK.begin()) {
      SPAN.enter().close();
      TASK.run(() -> {});
      unit.fail();
    }
    telemetry.close();
    assertThat(sent()).isEqualTo(4);
  }

  @Test
  void rootSpansAreFoundAcrossBlocks() {
    Set<Long> sites = new HashSet<>();
    List<Long> durations = new ArrayList<>();
    start(
        new BlockSampler() {
          @Override
          public Verdict decide(SampledBlock block) {
            throw new IllegalStateException("a bad sampler keeps the block");
          }

          @Override
          public boolean watchesRootSpans() {
            return true;
          }

          @Override
          public void rootSpan(long site, long beginNanos, long endNanos) {
            sites.add(site);
            durations.add(endNanos - beginNanos);
          }
        },
        1 << 20);
    try (SpanScope root = SPAN.enter()) {
      spansAndFlush(2);
    }
    AsyncSpan root = TASK.begin();
    telemetry.flush(FLUSH);
    root.end();
    telemetry.close();
    assertThat(sites).hasSize(2).contains(SPAN.id());
    assertThat(durations).hasSize(2).allMatch(nanos -> nanos >= 0);
    assertThat(sent()).isEqualTo(8);
  }

  /// What it does not understand it keeps.
  @Test
  void aSamplerThatFailsOnRootSpansKeepsTheirBlocks() {
    start(
        new BlockSampler() {
          @Override
          public Verdict decide(SampledBlock block) {
            return Verdict.DROP;
          }

          @Override
          public boolean watchesRootSpans() {
            return true;
          }

          @Override
          public void rootSpan(long site, long beginNanos, long endNanos) {
            throw new NoClassDefFoundError();
          }
        },
        1 << 20);
    spansAndFlush(2);
    telemetry.close();
    assertThat(sent()).isEqualTo(4);
    assertThat(sampledOut()).isZero();
    assertThat(sink.metrics()).noneMatch(metric -> metric.name().equals("mm_dropped_events"));
  }

  /// When ranges are too many, neighbours become one: not the first and the last.
  @Test
  void joinedRangesWantLittleMore() {
    WantedRanges ranges = new WantedRanges();
    int count = 5_000;
    for (long i = 0; i < count; i++) {
      ranges.add(i * 1_000, i * 1_000 + 1);
    }
    for (long i = 0; i < count; i++) {
      assertThat(ranges.touches(i * 1_000, i * 1_000)).isTrue();
    }
    // The newest, of which few have been joined yet.
    int gaps = 0;
    for (long i = count - 400; i < count - 1; i++) {
      gaps += ranges.touches(i * 1_000 + 2, i * 1_000 + 998) ? 0 : 1;
    }
    assertThat(gaps).isGreaterThan(390);
  }

  private static SampledBlock block(long begin, long end, long now) {
    return new SampledBlock(STREAM, begin, end, now, 1, 1, false);
  }

  @Test
  void spikesAreFoundPerCallSite() {
    BlockSampler sampler = BlockSampler.latencySpikes(1.5, Duration.ofSeconds(60));
    long at = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() * SECOND;
    for (int i = 0; i < 40; i++) {
      sampler.rootSpan(1, at, at + 100 + i % 3);
      sampler.rootSpan(2, at, at + 100_000);
    }
    long spike = at + 10 * SECOND;
    assertThat(sampler.decide(block(spike, spike + 10, spike + SECOND))).isEqualTo(Verdict.HOLD);
    sampler.rootSpan(1, spike, spike + 200);
    sampler.rootSpan(2, spike + SECOND, spike + SECOND + 120_000);
    assertThat(sampler.decide(block(spike, spike + 10, spike + SECOND))).isEqualTo(Verdict.KEEP);
    assertThat(sampler.decide(block(spike + SECOND, spike + SECOND + 10, spike + 90 * SECOND)))
        .isEqualTo(Verdict.DROP);
  }

  @Test
  void windowsOfTime() {
    BlockSampler tenth = BlockSampler.ratio(0.1, Duration.ofSeconds(10));
    BlockSampler beat = BlockSampler.heartbeat(Duration.ofSeconds(120), Duration.ofSeconds(2));
    int kept = 0;
    int beats = 0;
    for (long second = 0; second < 100_000; second++) {
      long begin = second * SECOND;
      SampledBlock block = block(begin, begin + SECOND - 1, begin + SECOND);
      kept += tenth.decide(block) == Verdict.KEEP ? 1 : 0;
      boolean beats2 = beat.decide(block) == Verdict.KEEP;
      assertThat(beats2).isEqualTo(second % 120 < 2);
      beats += beats2 ? 1 : 0;
      assertThat(tenth.or(beat).decide(block))
          .isEqualTo(beats2 || tenth.decide(block) == Verdict.KEEP ? Verdict.KEEP : Verdict.DROP);
    }
    assertThat(kept).isBetween(8_500, 11_500);
    assertThat(beats).isPositive();
    assertThat(BlockSampler.ratio(0, HOUR).decide(block(0, 9 * SECOND, 9 * SECOND)))
        .isEqualTo(Verdict.DROP);
    assertThat(BlockSampler.ratio(1, HOUR).decide(block(0, 9 * SECOND, 9 * SECOND)))
        .isEqualTo(Verdict.KEEP);
    assertThatThrownBy(() -> BlockSampler.ratio(1.1, HOUR)).hasMessageContaining("1.1");
    assertThatThrownBy(() -> BlockSampler.heartbeat(Duration.ofSeconds(1), HOUR))
        .hasMessageContaining("PT1H in each PT1S");
    assertThatThrownBy(() -> BlockSampler.latencySpikes(1, HOUR)).hasMessageContaining("1.0");
  }

  /// What a sampler does with a block of ten seconds that ended some seconds ago.
  private static Verdict verdict(BlockSampler sampler, long endedSeconds) {
    long now = 1_800_000_000L * SECOND + 119 * SECOND;
    long end = now - endedSeconds * SECOND;
    return sampler.decide(block(end - 10 * SECOND, end, now));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "all; KEEP; KEEP; KEEP",
        "off; DROP; DROP; DROP",
        "ratio(1, 10m); KEEP; KEEP; KEEP",
        "ratio(0,10m); DROP; DROP; DROP",
        "heartbeat(2m,5s); DROP; DROP; KEEP",
        "errors(30s,5s); HOLD; DROP; DROP",
        "spikes(1.5,1m); HOLD; HOLD; DROP",
        "ondemand(2m); HOLD; HOLD; HOLD",
        "off|errors(30s,5s)| Heartbeat(120000ms,5s) ; HOLD; DROP; KEEP",
        "OnDemand (0d) | off; HOLD; DROP; DROP"
      })
  void samplersAreRead(String text, Verdict now, Verdict afterAMinute, Verdict atTheBeat) {
    BlockSampler sampler = BlockSampler.parse(text);
    assertThat(verdict(sampler, 0)).isEqualTo(now);
    assertThat(verdict(sampler, 59)).isEqualTo(afterAMinute);
    assertThat(verdict(sampler, 115)).isEqualTo(atTheBeat);
    assertThat(sampler.heedsDemands()).isEqualTo(text.toLowerCase(Locale.ROOT).contains("ondem"));
    assertThat(sampler.watchesRootSpans()).isEqualTo(text.contains("spikes"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "sometimes; \"sometimes\" is no sampler; samplers are all, off, ratio(PART,WINDOW)",
        "all(); is no sampler",
        "all||off; \"\" is no sampler",
        "ratio(0.1); is no sampler",
        "ratio(0.1,10m,2); is no sampler",
        "ratio(0.1,10m)all; is no sampler",
        "ratio(x,10m); \"x\" is no number",
        "ratio(2,10m); must be 0 to 1: 2.0",
        "ratio(NaN,10m); \"nan\" is no number",
        "ratio(0.1,10); \"10\" is no duration; durations are such as 500ms",
        "ratio(0.1,-10m); is no duration",
        "heartbeat(1s,2s); a window of PT2S in each PT1S",
        "heartbeat(0s,0s); a window of PT0S",
        "spikes(1,2m); must be above 1",
        "errors(366d,5s); longer than a year",
        "ondemand(99999999999d); longer than a year"
      })
  void whatIsNoSamplerFailsTheStart(String text, String message) {
    Map<String, String> environment = Map.of("MICROMEGAS_TELEMETRY_SAMPLER", text);
    assertThatThrownBy(() -> settings(name -> null, environment).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the environment variable MICROMEGAS_TELEMETRY_SAMPLER: ")
        .hasMessageContaining(message);
    assertThat(Telemetry.running()).isEmpty();
  }

  private TelemetryBuilder settings(
      Function<String, String> properties, Map<String, String> environment) {
    return new TelemetryBuilder(new SettingSources(properties, environment, new Properties()))
        .sink(sink)
        .spans(true)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  @Test
  void theProgramWinsOverPropertiesAndTheseOverTheEnvironment() {
    Map<String, String> environment = Map.of("MICROMEGAS_TELEMETRY_SAMPLER", "nonsense");
    Function<String, String> properties =
        name -> name.equals("micromegas.telemetry.sampler") ? "off" : null;
    telemetry = settings(properties, environment).start();
    spansAndFlush(3);
    telemetry.close();
    assertThat(sent()).isZero();
    telemetry = settings(properties, environment).sampler("off|all").start();
    spansAndFlush(3);
    telemetry.close();
    assertThat(sent()).isEqualTo(6);
    sink.clear();
    telemetry = settings(properties, environment).sampler(BlockSampler.all()).start();
    spansAndFlush(4);
    telemetry.close();
    assertThat(sent()).isEqualTo(8);
    assertThatThrownBy(() -> settings(properties, environment).sampler("many").start())
        .hasMessageStartingWith(
            "the program's micromegas.telemetry.sampler: \"many\" is no sampler");
  }

  @Test
  void aSamplerOfSettingsIsAskedByTheProgramAndByTheManagementBean() throws Exception {
    telemetry = settings(name -> null, Map.of()).sampler("ratio(0,1h)|ondemand(1h)").start();
    ObjectName name =
        new ObjectName("micromegas:type=Sampler,process=" + telemetry.process().processId());
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    spansAndFlush(3);
    assertThat(sent()).isZero();
    assertThat(telemetry.keepLast(HOUR)).isTrue();
    telemetry.flush(FLUSH);
    assertThat(sent()).isEqualTo(6);
    sink.clear();
    SamplerControlMXBean bean = JMX.newMXBeanProxy(beans, name, SamplerControlMXBean.class);
    assertThat(bean.keepFor(Long.MAX_VALUE)).isTrue();
    spansAndFlush(4);
    assertThat(sent()).isEqualTo(8);
    assertThat(bean.keepLast(60)).isTrue();
    assertThat(telemetry.keepLast(null)).isTrue();
    telemetry.close();
    assertThat(beans.isRegistered(name)).isFalse();

    telemetry = settings(name2 -> null, Map.of()).sampler("off").start();
    assertThat(telemetry.keepLast(HOUR)).isFalse();
    assertThat(telemetry.keepFor(HOUR)).isFalse();
    assertThat(beans.queryNames(new ObjectName("micromegas:type=Sampler,*"), null)).isEmpty();
  }
}
