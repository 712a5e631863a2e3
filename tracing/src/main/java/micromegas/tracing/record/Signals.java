package micromegas.tracing.record;

/// How recording threads call the uplink. Called seldom; must not block.
public interface Signals {
  /// A chunk has become full.
  void chunkFull();

  /// A severe event was recorded, which should arrive soon.
  void severe();
}
