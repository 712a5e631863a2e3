package micromegas.lake.envelope;

import java.util.Arrays;

/// Part of an array that is shared and not to be changed.
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record ByteSlice(byte[] array, int offset, int length) {

  /// A copy of the part.
  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }
}
