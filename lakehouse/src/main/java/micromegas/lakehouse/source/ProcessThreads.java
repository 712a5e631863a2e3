package micromegas.lakehouse.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import org.jdbi.v3.core.Jdbi;

/// The threads of processes: their streams that carry spans. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class ProcessThreads {
  private static final String STREAMS =
      """
      SELECT s.stream_id
      FROM streams s
      WHERE s.process_id = :process
        AND :tag = ANY(s.tags)
        AND EXISTS (
          SELECT 1 FROM blocks b
          WHERE b.stream_id = s.stream_id AND b.process_id = :process
            AND b.begin_time <= :end AND b.insert_time >= :begin)
      ORDER BY s.stream_id
      """;

  private final Jdbi jdbi;
  private final StreamDirectory directory;
  private final String tag;

  /// @param tag of streams with spans
  public ProcessThreads(DataSource dataSource, StreamDirectory directory, String tag) {
    this.jdbi = Jdbi.create(dataSource);
    this.directory = directory;
    this.tag = tag;
  }

  /// One thread.
  ///
  /// @param name `<thread-name>-<thread-id>`, or the id alone; a stream that does not tell the id
  ///   has its own in its place
  /// @param id as the stream tells it; empty when it does not
  public record Thread(UUID streamId, String name, String id) {
    static Thread of(UUID streamId, Map<String, String> properties) {
      String id = properties.getOrDefault("thread-id", "");
      String name = properties.getOrDefault("thread-name", "");
      String shown = id.isEmpty() ? streamId.toString() : id;
      return new Thread(streamId, name.isEmpty() ? shown : name + "-" + shown, id);
    }
  }

  /// The threads with blocks in `range`, by stream id.
  ///
  /// @param range as it filters the view `blocks`: a block counts from its first event to its
  ///   insertion
  public List<Thread> list(UUID processId, TimeRange range) {
    TimeRange stored = range.isAll() ? STORABLE : range;
    List<UUID> streams =
        Rows.call(
            "list the threads of a process",
            () ->
                jdbi.withHandle(handle ->
                    handle
                        .createQuery(STREAMS)
                        .bind("process", processId)
                        .bind("tag", tag)
                        .bind("begin", Rows.timestamp(Nanos.toInstant(stored.beginNanos())))
                        .bind("end", Rows.timestamp(Nanos.toInstant(stored.endNanos())))
                        .mapTo(UUID.class)
                        .list()));
    List<Thread> threads = new ArrayList<>();
    for (UUID stream : streams) {
      directory.stream(stream)
          .ifPresent(row -> threads.add(Thread.of(stream, row.info().properties())));
    }
    return threads;
  }

  /// All that nanoseconds can tell; PostgreSQL keeps more.
  private static final TimeRange STORABLE = new TimeRange(Long.MIN_VALUE + 1, Long.MAX_VALUE - 1);
}
