package micromegas.server.client;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import micromegas.common.Nanos;
import micromegas.query.duckdb.JsonbText;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/// One value as text: times in RFC 3339, JSONB documents as JSON, other binary in hexadecimal.
final class Cells {
  private Cells() {}

  /// @return empty text for null
  static String text(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return "";
    }
    return switch (vector) {
      case VarCharVector text -> new String(text.get(row), StandardCharsets.UTF_8);
      case VarBinaryVector binary -> binary(binary.get(row));
      case FixedSizeBinaryVector bytes -> HexFormat.of().formatHex(bytes.get(row));
      case TimeStampVector time -> Nanos.format(nanos(time, row));
      case UInt4Vector unsigned -> String.valueOf(unsigned.getObjectNoOverflow(row));
      default -> String.valueOf(vector.getObject(row));
    };
  }

  private static String binary(byte[] bytes) {
    String json = JsonbText.of(bytes);
    return json == null ? HexFormat.of().formatHex(bytes) : json;
  }

  private static long nanos(TimeStampVector vector, int row) {
    TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
    long perUnit =
        switch (unit) {
          case SECOND -> Nanos.PER_SECOND;
          case MILLISECOND -> 1_000_000L;
          case MICROSECOND -> Nanos.PER_MICRO;
          case NANOSECOND -> 1L;
        };
    return Math.multiplyExact(vector.get(row), perUnit);
  }

  static boolean isNumber(ArrowType type) {
    return type instanceof ArrowType.Int
        || type instanceof ArrowType.FloatingPoint
        || type instanceof ArrowType.Decimal;
  }
}
