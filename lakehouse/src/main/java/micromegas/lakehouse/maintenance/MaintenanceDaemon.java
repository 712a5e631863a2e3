package micromegas.lakehouse.maintenance;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the maintenance tasks on db-scheduler, once per cluster: however many processes of a lake
/// have a daemon, each run of a task is picked by one of them. Where each task has got to is in the
/// table of tasks (`micromegas_java.scheduled_tasks`), so that another process can go on from
/// there. Thread-safe.
public final class MaintenanceDaemon implements AutoCloseable {
  /// The table of db-scheduler, made by the migrations of the lake.
  public static final String TABLE = "micromegas_java.scheduled_tasks";

  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceDaemon.class);
  private static final int MISSED_HEARTBEATS = 6;

  private final Scheduler scheduler;
  private final MaintenanceSettings settings;
  private boolean started;

  public MaintenanceDaemon(
      DataSource dataSource, MaintenanceTasks tasks, MaintenanceSettings settings, Clock clock) {
    this.settings = settings;
    List<RecurringTask<Instant>> recurring = new ArrayList<>();
    for (TaskKind kind : TaskKind.values()) {
      if (enabled(kind, settings)) {
        recurring.add(task(kind, tasks));
      }
    }
    this.scheduler =
        Scheduler.create(dataSource)
            .startTasks(recurring)
            .tableName(TABLE)
            .serializer(new InstantSerializer())
            .clock(clock::instant)
            .threads(settings.threads())
            .schedulerName(
                new SchedulerName.Fixed(
                    "micromegas-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID()))
            .pollUsingLockAndFetch(0.5, 1.0)
            .pollingInterval(settings.pollingInterval())
            .heartbeatInterval(settings.heartbeat())
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .alwaysPersistTimestampInUTC()
            .shutdownMaxWait(settings.stopDeadline())
            .build();
  }

  /// Starts the tasks; each is first due at its next regular time, or at once when it is overdue
  /// because no daemon was running.
  public synchronized void start() {
    if (!started) {
      started = true;
      scheduler.start();
      LOG.debug("maintenance daemon started: {}", settings);
    }
  }

  /// Stops taking tasks, waits for running ones up to the deadline, then interrupts them. A task
  /// that was interrupted is done again by the next daemon.
  @Override
  public synchronized void close() {
    if (started) {
      started = false;
      scheduler.stop();
    }
  }

  private static RecurringTask<Instant> task(TaskKind kind, MaintenanceTasks tasks) {
    return Tasks.recurring(
            TaskDescriptor.of(kind.taskName(), Instant.class), new AlignedSchedule(kind))
        .initialData(Instant.EPOCH)
        .executeStateful((instance, context) -> tasks.run(kind, instance.getData()));
  }

  private static boolean enabled(TaskKind kind, MaintenanceSettings settings) {
    return switch (kind) {
      case SECOND -> settings.everySecond();
      case MINUTE -> settings.everyMinute();
      case HOUR -> settings.hourly();
      case DAY -> settings.daily();
    };
  }

  /// Due at fixed times of the clock. Runs that were missed are not made up one by one: the next
  /// run knows how far back to look.
  private record AlignedSchedule(TaskKind kind) implements Schedule {
    @Override
    public Instant getNextExecutionTime(ExecutionComplete complete) {
      return kind.nextRun(complete.getTimeDone());
    }

    @Override
    public Instant getInitialExecutionTime(Instant now) {
      return kind.nextRun(now);
    }

    @Override
    public boolean isDeterministic() {
      return true;
    }
  }

  /// Task data is one instant, as RFC 3339 text, which an operator can read in the table.
  private static final class InstantSerializer implements Serializer {
    @Override
    public byte[] serialize(Object data) {
      return data.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <T> T deserialize(Class<T> type, byte[] bytes) {
      return type.cast(Instant.parse(new String(bytes, StandardCharsets.UTF_8)));
    }
  }
}
