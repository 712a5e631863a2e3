package micromegas.transit;

/// What all spans of one call site share when each has a name of its own. Make it once per call
/// site: writers recognise it by identity.
public final class SpanLocation extends Dependency {
  final StaticText target;
  final StaticText modulePath;
  final StaticText file;
  final int line;
  final int verbosity;

  /// @param target module or class, the first thing that queries filter by
  /// @param verbosity 1 least detailed to 3 most detailed
  public SpanLocation(String target, String modulePath, String file, int line, int verbosity) {
    this.target = StaticText.of(target);
    this.modulePath = StaticText.of(modulePath);
    this.file = StaticText.of(file);
    this.line = line;
    this.verbosity = verbosity;
  }

  @Override
  void write(long id, DependencyWriter out) {
    out.location(id, this);
  }
}
