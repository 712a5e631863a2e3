package micromegas.tracing.record;

/// Keeps the fields of neighbouring stripes on different cache lines (128 bytes, because processors
/// fetch lines in pairs).
abstract class StripePadding {
  @SuppressWarnings("unused") // fields of a superclass come first
  private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15, p16;
}
