package micromegas.transit;

/// What all samples of one metric share. Make it once per metric: writers recognise it by identity.
public final class MetricDescriptor extends Dependency {
  final StaticText name;
  final StaticText unit;
  final StaticText target;
  final StaticText file;
  final int line;
  final int verbosity;

  /// @param unit free text; integers in `ticks` are durations and become seconds when read
  /// @param verbosity 1 least detailed to 3 most detailed
  public MetricDescriptor(
      String name, String unit, String target, String file, int line, int verbosity) {
    this.name = StaticText.of(name);
    this.unit = StaticText.of(unit);
    this.target = StaticText.of(target);
    this.file = StaticText.of(file);
    this.line = line;
    this.verbosity = verbosity;
  }

  @Override
  void write(long id, DependencyWriter out) {
    out.metric(id, this);
  }
}
