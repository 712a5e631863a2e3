package micromegas.tracing.agent;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The class files of classes that are loaded already, as far as their loaders give them, to see
/// whether they must be woven. Stateless.
final class LoadedClassFiles {
  private LoadedClassFiles() {}

  static byte @Nullable [] read(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    if (loader == null || WeavingTransformer.isOfJdk(type.getName())) {
      return null;
    }
    String resource = type.getName().replace('.', '/') + ".class";
    try (InputStream in = loader.getResourceAsStream(resource)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }
}
