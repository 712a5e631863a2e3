package micromegas.lake.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import micromegas.common.UnavailableException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// The programs of PostgreSQL, unpacked from the archive on the class path.
///
/// @param root folder with `bin`, `lib` and `share`
record PostgresBinaries(Path root) {

  Path program(String name) {
    return root.resolve("bin").resolve(name);
  }

  /// Unpacks once per version. Concurrent callers are safe: the folder appears whole, by renaming.
  ///
  /// @throws UnavailableException when there are no binaries for this machine, or no room
  static PostgresBinaries unpack(Path folder) {
    String archive = "postgres-" + platform() + ".txz";
    URL url = PostgresBinaries.class.getResource("/" + archive);
    if (url == null) {
      throw new UnavailableException(
          "no embedded PostgreSQL for this machine (%s is not on the class path); give a connection string"
              .formatted(archive));
    }
    try {
      Path target = folder.resolve(archive.replace(".txz", "-") + identity(url));
      if (!Files.isDirectory(target)) {
        Files.createDirectories(folder);
        Path draft = folder.resolve("unpacking-" + UUID.randomUUID());
        try {
          unpack(url, draft);
          move(draft, target);
        } finally {
          FileTrees.delete(draft);
        }
      }
      return new PostgresBinaries(target);
    } catch (IOException e) {
      throw new UnavailableException(
          "cannot unpack PostgreSQL into " + folder + ": " + FileTrees.describe(e, folder), e);
    }
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String os =
        system.contains("mac") ? "darwin" : system.contains("windows") ? "windows" : "linux";
    return os
        + switch (machine) {
          case "amd64", "x86_64" -> "-x86_64";
          case "aarch64", "arm64" -> "-arm_64";
          default -> "-" + machine;
        };
  }

  /// Tells archives of different versions apart without reading them.
  private static String identity(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection jar) {
      try (var file = jar.getJarFile()) {
        return Long.toHexString(jar.getJarEntry().getCrc());
      }
    }
    return Long.toString(connection.getContentLengthLong());
  }

  private static void move(Path draft, Path target) throws IOException {
    try {
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // Somebody else was faster.
    } catch (FileSystemException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }

  private static void unpack(URL archive, Path draft) throws IOException {
    try (InputStream raw = new BufferedInputStream(archive.openStream());
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(raw))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = draft.resolve(entry.getName()).normalize();
        if (!path.startsWith(draft)) {
          throw new IOException("entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(parent(path));
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(parent(path));
          Files.copy(tar, path);
          if ((entry.getMode() & 0100) != 0) {
            setExecutable(path);
          }
        }
      }
    }
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException("no parent folder: " + path);
    }
    return parent;
  }

  private static void setExecutable(Path path) throws IOException {
    if (Set.copyOf(path.getFileSystem().supportedFileAttributeViews()).contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
