package micromegas.lakehouse.source;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;
import micromegas.common.CorruptDataException;
import micromegas.lake.StoredProcess;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.ProcessInfo;
import org.jdbi.v3.core.Jdbi;

/// Clocks of processes for views that convert the ticks of all blocks of a process alike (`wire.md`
/// 8). A process that does not know its frequency gets the one that its latest block tells, so what
/// is asked later is converted slightly differently. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class ProcessClocks {
  // Blocks have no index on process_id, but streams have one.
  private static final String LAST_BLOCK =
      """
      SELECT max(b.end_ticks) AS end_ticks, max(b.end_time) AS end_time
      FROM streams s
      JOIN blocks b ON b.stream_id = s.stream_id
      WHERE s.process_id = :process AND b.process_id = :process
      """;

  private final Jdbi jdbi;

  public ProcessClocks(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /// The clock of a process that has blocks.
  ///
  /// @throws CorruptDataException when the frequency is unknown and cannot be estimated
  public TickConverter of(StoredProcess process) {
    ProcessInfo info = process.info();
    try {
      return info.tscFrequency() > 0
          ? TickConverter.ofEnd(info, 0, info.startTime())
          : estimate(info);
    } catch (CorruptBlockException e) {
      throw new CorruptDataException("process " + info.processId() + ": " + e.getMessage(), e);
    }
  }

  /// The process itself when it knows its frequency, else the same with the frequency that [#of]
  /// finds.
  ///
  /// @throws CorruptDataException when the frequency is unknown and cannot be estimated
  public StoredProcess calibrated(StoredProcess process) {
    ProcessInfo info = process.info();
    if (info.tscFrequency() > 0) {
      return process;
    }
    return new StoredProcess(
        new ProcessInfo(
            info.processId(),
            info.exe(),
            info.username(),
            info.realname(),
            info.computer(),
            info.distro(),
            info.cpuBrand(),
            of(process).frequency(),
            info.startTime(),
            info.startTicks(),
            info.parentProcessId(),
            info.properties()),
        process.insertTime());
  }

  private TickConverter estimate(ProcessInfo process) {
    End end =
        Rows.call(
            "find the latest block of a process",
            () ->
                jdbi.withHandle(handle ->
                    handle
                        .createQuery(LAST_BLOCK)
                        .bind("process", process.processId())
                        .map((row, context) -> end(row, process))
                        .one()));
    return TickConverter.ofEnd(process, end.ticks(), end.time());
  }

  private record End(long ticks, Instant time) {}

  private static End end(ResultSet row, ProcessInfo process) throws SQLException {
    OffsetDateTime time = row.getObject("end_time", OffsetDateTime.class);
    return time == null
        ? new End(0, process.startTime())
        : new End(row.getLong("end_ticks"), time.toInstant());
  }
}
