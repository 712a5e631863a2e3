package micromegas.tracing.spi;

import java.time.Instant;
import micromegas.tracing.Level;
import micromegas.tracing.PropertySet;

/// A log event as text.
///
/// @param properties perhaps [PropertySet#EMPTY]
public record LogLine(
    Instant time, Level level, String target, String text, PropertySet properties) {}
