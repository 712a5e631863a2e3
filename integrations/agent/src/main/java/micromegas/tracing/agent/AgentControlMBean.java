package micromegas.tracing.agent;

/// Management bean `micromegas:type=Agent`.
public interface AgentControlMBean {

  /// Whether woven methods record.
  boolean isEnabled();

  /// Lets woven methods record, or not. Classes stay woven.
  void setEnabled(boolean enabled);

  /// Whether classes are woven.
  boolean isInstalled();

  /// Weaves again after [#uninstall].
  void install();

  /// Restores all classes.
  void uninstall();

  /// Number of classes that are woven.
  int getWovenClasses();

  /// Number of classes that could not be woven.
  long getFailures();
}
