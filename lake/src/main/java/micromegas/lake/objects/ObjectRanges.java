package micromegas.lake.objects;

import micromegas.common.BadRequestException;

/// Checks of byte ranges, the same for every store.
final class ObjectRanges {
  private ObjectRanges() {}

  /// @throws BadRequestException when the range does not lie inside the object
  static void check(String key, long offset, int length, long size) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new BadRequestException(
          "bytes %d + %d are not inside object %s of %d bytes"
              .formatted(offset, length, key, size));
    }
  }
}
