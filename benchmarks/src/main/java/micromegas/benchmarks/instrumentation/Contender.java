package micromegas.benchmarks.instrumentation;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import micromegas.benchmarks.instrumentation.Operation.Prepared;

/// What several threads write at once: our stripes, which an uplink empties meanwhile, and one
/// [LockedBuffer].
enum Contender {
  METRIC_STRIPES(OwnOperations::metric),
  METRIC_LOCK(() -> locked(buffer -> buffer.metricUnderLock(1, 7))),
  METRIC_MONITOR(() -> locked(buffer -> buffer.metricInMonitor(1, 7))),
  LOG_STRIPES(OwnOperations::constantLog),
  LOG_LOCK(() -> locked(buffer -> buffer.logUnderLock(1))),
  LOG_MONITOR(() -> locked(buffer -> buffer.logInMonitor(1)));

  private final Supplier<Prepared> maker;

  private interface Write {
    void to(LockedBuffer buffer);
  }

  Contender(Supplier<Prepared> maker) {
    this.maker = maker;
  }

  Prepared prepare() {
    return maker.get();
  }

  private static Prepared locked(Write write) {
    LockedBuffer buffer = new LockedBuffer();
    AtomicLong calls = new AtomicLong();
    CpuTime.Batch batch = OwnOperations.batch(() -> write.to(buffer));
    return new Prepared(
        count -> {
          calls.addAndGet(count);
          batch.run(count);
        },
        () -> {
          if (buffer.events() != calls.get()) {
            throw new IllegalStateException(buffer.events() + " of " + calls + " written");
          }
        });
  }
}
