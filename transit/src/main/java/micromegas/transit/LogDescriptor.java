package micromegas.transit;

/// What all events of one log statement share. Make it once per statement: writers recognise it by
/// identity.
public final class LogDescriptor extends Dependency {
  final StaticText format;
  final StaticText target;
  final StaticText modulePath;
  final StaticText file;
  final int line;
  final int level;

  /// @param format the message of events without arguments
  /// @param target module or logger
  /// @param level 1 fatal, 2 error, 3 warn, 4 info, 5 debug, 6 trace
  public LogDescriptor(
      String format, String target, String modulePath, String file, int line, int level) {
    this.format = StaticText.of(format);
    this.target = StaticText.of(target);
    this.modulePath = StaticText.of(modulePath);
    this.file = StaticText.of(file);
    this.line = line;
    this.level = level;
  }

  @Override
  void write(long id, DependencyWriter out) {
    out.log(id, this);
  }
}
