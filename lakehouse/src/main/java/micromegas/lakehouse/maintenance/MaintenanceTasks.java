package micromegas.lakehouse.maintenance;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.materialize.InsertSlice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the recurring tasks do when they are due. Knows nothing of scheduling. Thread-safe.
public final class MaintenanceTasks {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceTasks.class);

  private final BatchMaterializer materializer;
  private final SourceStates sources;
  private final List<HousekeepingStep> housekeeping;
  private final MaintenanceSettings settings;
  private final Clock clock;

  /// @param housekeeping run by the hourly task, in this order
  public MaintenanceTasks(
      BatchMaterializer materializer,
      SourceStates sources,
      List<HousekeepingStep> housekeeping,
      MaintenanceSettings settings,
      Clock clock) {
    this.materializer = materializer;
    this.sources = sources;
    this.housekeeping = List.copyOf(housekeeping);
    this.settings = settings;
    this.clock = clock;
  }

  /// Runs a task now.
  ///
  /// @param done what the last successful run returned; [Instant#EPOCH] for the first run
  /// @return end of the insert time that is covered now
  /// @throws UnavailableException when a part failed; all other parts have been tried, and the next
  ///   run tries again
  public Instant run(TaskKind kind, Instant done) {
    Instant now = clock.instant();
    InsertSlice window = kind.window(now, done, catchUp(kind));
    List<RuntimeException> errors = new ArrayList<>();
    if (kind == TaskKind.HOUR) {
      keepHouse(now, errors);
    }
    try {
      materialize(kind, window);
    } catch (RuntimeException e) {
      errors.add(e);
    }
    if (!errors.isEmpty()) {
      UnavailableException error =
          new UnavailableException(
              "%s maintenance of %s: %s"
                  .formatted(kind.taskName(), window, errors.getFirst().getMessage()),
              errors.getFirst());
      errors.stream().skip(1).forEach(error::addSuppressed);
      throw error;
    }
    return window.end();
  }

  private void materialize(TaskKind kind, InsertSlice window) {
    boolean sparing = kind == TaskKind.SECOND;
    if (sparing && !sources.anyBlock(window)) {
      return;
    }
    long begin = System.nanoTime();
    PassResult result =
        materializer.materializeAll(
            new Pass(window, kind.period(), !sparing), ProgressListener.NONE);
    if (result.wrote()) {
      LOG.atLevel(sparing ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.INFO)
          .log(
              "{} maintenance of {}: {} built, {} merged, {} up to date in {} ms",
              kind.taskName(),
              window,
              result.created(),
              result.merged(),
              result.upToDate(),
              (System.nanoTime() - begin) / 1_000_000);
    }
  }

  /// A step that fails stops neither the others nor the materialisation.
  private void keepHouse(Instant now, List<RuntimeException> errors) {
    for (HousekeepingStep step : housekeeping) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      try {
        long deleted = step.run(now);
        if (deleted > 0) {
          LOG.info("deleted {} {}", deleted, step.name());
        }
      } catch (RuntimeException e) {
        LOG.error("could not delete {}", step.name(), e);
        errors.add(e);
      }
    }
  }

  private Duration catchUp(TaskKind kind) {
    return switch (kind) {
      case SECOND -> settings.secondCatchUp();
      case MINUTE -> settings.minuteCatchUp();
      // Their windows overlap those of the run before already.
      case HOUR, DAY -> Duration.ZERO;
    };
  }
}
