package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import micromegas.tracing.Telemetry;

/// Collects garbage and ends at once, without closing anything; prints what was recorded.
final class EndingProgram {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Few enough that their collections stay below the limit of events per second.
  private static final int ROUNDS = 40;

  private static final int MIB = 1 << 20;

  private static volatile Object kept;

  private EndingProgram() {}

  public static void main(String[] arguments) {
    Recorded recorded = new Recorded();
    Telemetry telemetry = recorded.start();
    Set<JfrKind> kinds = Set.of(JfrKind.GC, JfrKind.ERRORS);
    JfrRecorder recorder =
        JfrRecorder.start(JfrSettings.DEFAULTS.withKinds(kinds), () -> Long.MAX_VALUE, PATIENCE);
    System.out.println("recording " + recorder.isRecording());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              telemetry.close();
              print(recorded);
            }));
    fill();
    System.gc();
    kept = new AssertionError("the last one");
  }

  private static void fill() {
    List<byte[]> live = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      kept = new byte[MIB];
      if (i % 10 == 0) {
        live.add(new byte[MIB]);
      }
    }
    kept = live;
  }

  private static void print(Recorded recorded) {
    for (String stream : List.of("jvm-gc", "jvm-gc-concurrent")) {
      for (Recorded.Interval span : recorded.spans(stream)) {
        System.out.println(stream + " " + span.depth() + " " + span.name());
      }
    }
    recorded
        .metrics("jvm_gc_heap_after")
        .forEach(metric -> System.out.println("heap after " + Math.round(metric.value())));
    recorded
        .logs("jvm.throw")
        .forEach(text -> System.out.println(text.lines().findFirst().orElse("")));
    recorded.logs("micromegas.tracing.jfr").forEach(System.out::println);
  }
}
