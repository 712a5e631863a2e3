package micromegas.lake.partition;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// The advisory lock that the reference takes around retire and insert: SipHash-1-3 over the view
/// instance and the insert range, the times in the memory form of its date-time type.
final class PartitionLockKey {
  private PartitionLockKey() {}

  static long of(String viewSet, String instanceId, Instant begin, Instant end) {
    return SipHash13.hash(bytes(viewSet, instanceId, begin, end));
  }

  static byte[] bytes(String viewSet, String instanceId, Instant begin, Instant end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(viewSet.getBytes(StandardCharsets.UTF_8));
    out.write(0xFF);
    out.writeBytes(instanceId.getBytes(StandardCharsets.UTF_8));
    out.write(0xFF);
    write(out, begin);
    write(out, end);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, Instant instant) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    writeInt(out, time.getYear() << 13 | time.getDayOfYear() << 4 | yearFlags(time.getYear()));
    writeInt(out, time.toLocalTime().toSecondOfDay());
    writeInt(out, time.getNano());
  }

  private static int yearFlags(int year) {
    LocalDate first = LocalDate.of(year, 1, 1);
    return (first.isLeapYear() ? 0 : 8) + (first.getDayOfWeek().getValue() + 4) % 7 + 1;
  }

  private static void writeInt(ByteArrayOutputStream out, int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
  }
}
