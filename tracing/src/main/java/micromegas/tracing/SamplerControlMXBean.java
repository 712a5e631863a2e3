package micromegas.tracing;

/// Asks a sampler for blocks of spans, from outside of the program: the management bean
/// `micromegas:type=Sampler,process=ID` of telemetry whose sampler keeps blocks on demand.
public interface SamplerControlMXBean {

  /// The same as [Telemetry#keepLast].
  ///
  /// @param seconds 0 to a year
  boolean keepLast(long seconds);

  /// The same as [Telemetry#keepFor].
  ///
  /// @param seconds 0 to a year
  boolean keepFor(long seconds);
}
