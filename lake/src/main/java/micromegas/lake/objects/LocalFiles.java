package micromegas.lake.objects;

import java.nio.file.Path;

/// Objects as local files, since the query engine reads local files only. For a store on the local
/// disk these are the objects themselves; for a remote one, copies in a bounded cache. Thread-safe.
public interface LocalFiles {

  /// Makes an object available as a local file and keeps it there until the handle is closed.
  ///
  /// @param size exact size of the object in bytes, as its metadata row says
  /// @throws micromegas.common.NotFoundException when there is no such object
  Pinned fetch(String key, long size);

  /// The folders below which every fetched path lies; the query engine's sandbox opens only these.
  java.util.List<Path> roots();

  /// A local file that stays in place until closed. Closing twice is harmless.
  interface Pinned extends AutoCloseable {
    Path path();

    @Override
    void close();
  }
}
