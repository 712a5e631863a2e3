package micromegas.tracing.early;

import micromegas.tracing.Level;
import micromegas.tracing.PropertySet;
import micromegas.tracing.record.TextLimit;

/// A line that came while no telemetry ran.
///
/// @param passed whether the library it comes from has levels of its own and has let it pass;
///   otherwise those of the telemetry that starts count
/// @param nanos of `System.nanoTime()`
public record EarlyLine(
    Level level, String target, String text, PropertySet properties, boolean passed, long nanos) {

  /// Objects and references of a line, without its texts.
  private static final int FIXED_BYTES = 96;

  /// About what it takes. The target is a text of the logger, and equal sets of properties are one;
  /// they count all the same, since nobody else may hold on to them.
  long bytes() {
    long bytes = FIXED_BYTES + TextLimit.bytes(text) + TextLimit.bytes(target);
    for (var pair : properties.asMap().entrySet()) {
      bytes += TextLimit.bytes(pair.getKey()) + TextLimit.bytes(pair.getValue());
    }
    return bytes;
  }
}
