package micromegas.lakehouse.maintenance;

import java.time.Instant;

/// One kind of deletion in the hourly task. May run twice and be interrupted at any point.
public interface HousekeepingStep {
  /// What it deletes, for the log: "expired blocks".
  String name();

  /// @return how many things were deleted
  long run(Instant now);
}
