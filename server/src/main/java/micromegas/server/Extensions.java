package micromegas.server;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.view.ViewSetExtension;

/// View sets from the class path and from jars in a folder. Thread-safe.
///
/// @param all in order of the class path, then of the jars' names
record Extensions(List<ViewSetExtension> all, URLClassLoader loader) implements AutoCloseable {

  /// @throws BadRequestException when the folder cannot be read or a jar declares a class that
  ///   cannot be made
  static Extensions load(Optional<Path> folder) {
    URL[] jars = folder.map(Extensions::jars).orElseGet(List::of).toArray(URL[]::new);
    URLClassLoader loader = new URLClassLoader(jars, Extensions.class.getClassLoader());
    List<ViewSetExtension> found = new ArrayList<>();
    try {
      Iterator<ViewSetExtension> extensions =
          ServiceLoader.load(ViewSetExtension.class, loader).iterator();
      while (extensions.hasNext()) {
        found.add(extensions.next());
      }
    } catch (ServiceConfigurationError e) {
      throw new BadRequestException("extensions: " + e.getMessage(), e);
    }
    return new Extensions(List.copyOf(found), loader);
  }

  private static List<URL> jars(Path folder) {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jar")) {
      entries.forEach(paths::add);
    } catch (IOException e) {
      throw new BadRequestException("extensions: cannot read the folder " + folder, e);
    }
    return paths.stream().sorted().map(Extensions::url).toList();
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new BadRequestException("extensions: " + jar + " has no URL", e);
    }
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
