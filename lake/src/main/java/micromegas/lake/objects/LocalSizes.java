package micromegas.lake.objects;

import micromegas.common.CorruptDataException;

/// Compares the size that a metadata row states with what is there.
final class LocalSizes {
  private LocalSizes() {}

  static void check(String key, long expected, long actual) {
    if (expected != actual) {
      throw new CorruptDataException(
          "object %s has %d bytes, its metadata says %d".formatted(key, actual, expected));
    }
  }
}
