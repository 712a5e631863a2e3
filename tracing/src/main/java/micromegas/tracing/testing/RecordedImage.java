package micromegas.tracing.testing;

/// An image that was read back.
///
/// @param ticks absolute
/// @param bytes of its content
public record RecordedImage(long ticks, String name, String format, int bytes) {}
