package micromegas.lakehouse.maintenance;

import java.time.Duration;
import micromegas.common.BadRequestException;

/// Settings of the maintenance daemon.
///
/// @param everySecond whether the newest seconds are materialised as they close. Queries are fresh
///   without it; it keeps the part of a query that is decoded on the fly small
/// @param everyMinute whether closed minutes are materialised
/// @param hourly whether closed hours are materialised, old data deleted and leftovers collected
/// @param daily whether closed days are materialised
/// @param retention age at which data is deleted, by insert time: each day (UTC) as a whole, once
///   all of it is older
/// @param orphanAge age at which a registered upload without partition counts as left over from a
///   crash; longer than any build takes
/// @param batchSize rows that one transaction of retention deletes at most
/// @param threads tasks that run at the same time in this process
/// @param secondCatchUp how far the every-second task looks back for seconds that it missed
/// @param minuteCatchUp how far the every-minute task looks back for minutes that it missed; older
///   ones are left to the hourly and the daily task
/// @param pollingInterval how often the table of tasks is asked for work
/// @param heartbeat how often a running task says that it is alive; a task that missed six is taken
///   over by another process
/// @param stopDeadline how long a stop waits for running tasks before it interrupts them
public record MaintenanceSettings(
    boolean everySecond,
    boolean everyMinute,
    boolean hourly,
    boolean daily,
    Duration retention,
    Duration orphanAge,
    int batchSize,
    int threads,
    Duration secondCatchUp,
    Duration minuteCatchUp,
    Duration pollingInterval,
    Duration heartbeat,
    Duration stopDeadline) {

  public static final MaintenanceSettings DEFAULT =
      new MaintenanceSettings(
          true,
          true,
          true,
          true,
          Duration.ofDays(90),
          Duration.ofDays(1),
          1000,
          4,
          Duration.ofSeconds(10),
          Duration.ofMinutes(15),
          Duration.ofMillis(500),
          Duration.ofSeconds(10),
          Duration.ofSeconds(25));

  public MaintenanceSettings {
    require(retention.compareTo(Duration.ofHours(1)) >= 0, "retention must be at least one hour");
    require(orphanAge.compareTo(Duration.ofMinutes(1)) >= 0, "orphan age: at least one minute");
    require(batchSize > 0, "the batch size of retention must be positive");
    require(threads > 0, "the number of maintenance threads must be positive");
  }

  public MaintenanceSettings withRetention(Duration newRetention) {
    return new MaintenanceSettings(
        everySecond,
        everyMinute,
        hourly,
        daily,
        newRetention,
        orphanAge,
        batchSize,
        threads,
        secondCatchUp,
        minuteCatchUp,
        pollingInterval,
        heartbeat,
        stopDeadline);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new BadRequestException(message);
    }
  }
}
