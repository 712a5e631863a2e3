package micromegas.lake.partition;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import micromegas.common.CorruptDataException;

/// `source_data_hash`: a count of source objects as 8 little-endian bytes.
public final class SourceCounts {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private SourceCounts() {}

  public static byte[] encode(long count) {
    byte[] bytes = new byte[Long.BYTES];
    LONG.set(bytes, 0, count);
    return bytes;
  }

  public static long decode(byte[] hash) {
    if (hash.length != Long.BYTES) {
      throw new CorruptDataException("source_data_hash has " + hash.length + " bytes, expected 8");
    }
    return (long) LONG.get(hash, 0);
  }
}
