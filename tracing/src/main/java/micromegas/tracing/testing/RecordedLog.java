package micromegas.tracing.testing;

import java.util.Map;
import micromegas.tracing.Level;

/// A log event that was read back.
///
/// @param ticks absolute
public record RecordedLog(
    long ticks, Level level, String target, String text, Map<String, String> properties) {}
