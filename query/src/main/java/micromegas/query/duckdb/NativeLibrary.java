package micromegas.query.duckdb;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import micromegas.common.UnavailableException;

/// Finds the native library inside the `duckdb_jdbc` artifact and loads it. The artifact is only
/// the carrier: its classes are not used. The 71 MB file is unpacked once into a folder and shared
/// by later starts; its name carries the size, so that an upgrade unpacks anew.
final class NativeLibrary {
  private NativeLibrary() {}

  /// Platform as in the names of the artifact's resources, for example `linux_amd64`.
  static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system = os.startsWith("mac") ? "macos" : os.startsWith("windows") ? "windows" : "linux";
    String machine =
        switch (arch) {
          case "x86_64", "amd64" -> "amd64";
          case "aarch64", "arm64" -> "arm64";
          default -> arch;
        };
    return system + "_" + machine;
  }

  static SymbolLookup load(Path folder) {
    String resource = "libduckdb_java.so_" + platform();
    URL url = NativeLibrary.class.getResource("/" + resource);
    if (url == null) {
      throw new UnavailableException("the query engine has no native library for " + platform());
    }
    try {
      return SymbolLookup.libraryLookup(unpack(url, resource, folder), Arena.global());
    } catch (IOException e) {
      throw new UnavailableException("cannot unpack the query engine into " + folder, e);
    } catch (IllegalArgumentException e) {
      throw new UnavailableException("cannot load the query engine of " + platform(), e);
    }
  }

  private static Path unpack(URL url, String resource, Path folder) throws IOException {
    long size = url.openConnection().getContentLengthLong();
    Files.createDirectories(folder);
    Path target = folder.resolve(resource + "_" + size + ".lib");
    if (Files.exists(target) && Files.size(target) == size) {
      return target;
    }
    Path partial = Files.createTempFile(folder, resource, ".part");
    try (InputStream in = url.openStream()) {
      Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      // Two processes may unpack at once: each renames a complete file.
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
    return target;
  }
}
