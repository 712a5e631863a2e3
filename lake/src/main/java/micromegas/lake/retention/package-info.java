/// Deleting what has expired: telemetry rows with their payloads, retired files, lost uploads.
///
/// Comes in: a horizon. Goes out: how much was deleted. Every step works in small transactions, may
/// be interrupted anywhere and run again. Must never delete a file that a partition refers to.
@NullMarked
package micromegas.lake.retention;

import org.jspecify.annotations.NullMarked;
