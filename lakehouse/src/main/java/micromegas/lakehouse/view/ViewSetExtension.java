package micromegas.lakehouse.view;

/// How a jar adds its own view sets: implement this interface and name the class in
/// `META-INF/services/micromegas.lakehouse.view.ViewSetExtension`. Query servers and maintenance
/// daemons of one lake must load the same extensions.
public interface ViewSetExtension {
  /// Adds view sets and global views after the built-in ones.
  void register(ViewFactory.Builder builder);
}
