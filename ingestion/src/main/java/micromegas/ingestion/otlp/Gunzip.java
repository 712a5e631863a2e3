package micromegas.ingestion.otlp;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.admission.MemoryAdmission;

/// Decompresses gzip (RFC 1952, one or several members) within bounds. Stateless.
public final class Gunzip {
  /// First byte of every gzip member. No protobuf message begins with it: it would be a tag of wire
  /// type 7, which does not exist.
  public static final byte MAGIC = 0x1f;

  private static final int INPUT_BUFFER = 16 * 1024;
  private static final int SMALLEST = 1024;

  /// What deflate achieves at best.
  private static final int MAX_RATIO = 1032;

  private Gunzip() {}

  /// Decompressed bytes.
  ///
  /// @param bytes array that holds them at its begin
  /// @param length how many they are
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record Content(byte[] bytes, int length) {}

  /// The content of `bytes[begin, end)`; empty when it is longer than `limit`, which is told by its
  /// end before anything is decompressed or waits for memory, if the end tells the truth.
  ///
  /// @param share what the request holds of the memory; it grows by the content
  /// @throws CorruptDataException when it is not gzip, or ends early
  /// @throws ResourceExhaustedException when there was no room in time
  public static Optional<Content> inflate(
      byte[] bytes, int begin, int end, int limit, MemoryAdmission.Share share) {
    int compressed = end - begin;
    long claimed = claimedSize(bytes, begin, end);
    if (claimed > limit) {
      return Optional.empty();
    }
    long held = share.bytes();
    int expected = (int) Math.max(claimed, Math.min(SMALLEST, limit));
    share.growTo(held + expected);
    byte[] out = new byte[expected];
    int length = 0;
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(bytes, begin, compressed), INPUT_BUFFER)) {
      while (true) {
        if (length == out.length) {
          int more = in.read();
          if (more < 0) {
            return Optional.of(new Content(out, length));
          }
          if (length >= limit) {
            return Optional.empty();
          }
          int size = (int) Math.min(limit, out.length * 2L);
          share.growTo(held + size);
          out = Arrays.copyOf(out, size);
          out[length++] = (byte) more;
        }
        int count = in.read(out, length, out.length - length);
        if (count < 0) {
          return Optional.of(new Content(out, length));
        }
        length += count;
      }
    } catch (EOFException e) {
      throw new CorruptDataException("gzip: it ends early, after " + compressed + " bytes", e);
    } catch (IOException e) {
      throw new CorruptDataException("gzip: " + e.getMessage(), e);
    }
  }

  /// The size that the last member claims in its last four bytes; 0 when that cannot be true. Those
  /// bytes may be something else, when the content ends early, and more members may come before:
  /// then a size that is wrong costs a copy.
  private static long claimedSize(byte[] bytes, int begin, int end) {
    long claimed = 0;
    for (int i = 1; i <= 4 && end - i >= begin; i++) {
      claimed = claimed << 8 | bytes[end - i] & 0xff;
    }
    return claimed <= (long) (end - begin) * MAX_RATIO ? claimed : 0;
  }
}
