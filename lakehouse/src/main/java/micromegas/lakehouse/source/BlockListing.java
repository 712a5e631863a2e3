package micromegas.lakehouse.source;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.transit.BlockInfo;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// Lists blocks with their stream and process, ordered by insert time, then block id. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class BlockListing {
  /// Blocks per round trip.
  public static final int DEFAULT_PAGE = 2_000;

  private static final String SELECT =
      """
      SELECT b.block_id, b.stream_id, b.process_id, b.begin_time, b.begin_ticks, b.end_time,
             b.end_ticks, b.nb_objects, b.object_offset, b.payload_size, b.insert_time
      FROM blocks b
      JOIN streams s ON s.stream_id = b.stream_id
      JOIN processes p ON p.process_id = b.process_id
      WHERE b.insert_time >= :begin AND b.insert_time < :end
      """;
  private static final String ONE =
      """
      SELECT block_id, stream_id, process_id, begin_time, begin_ticks, end_time, end_ticks,
             nb_objects, object_offset, payload_size, insert_time
      FROM blocks
      WHERE block_id = :block
      """;
  private static final String AFTER = " AND (b.insert_time > :begin OR b.block_id > :lastBlock)";
  private static final String TAGGED = " AND :tag = ANY(s.tags)";
  // Blocks have no index on process_id, but streams have one.
  private static final String OF_PROCESS =
      " AND s.process_id = :process AND b.process_id = :process";
  private static final String OF_STREAM = " AND b.stream_id = :stream";
  private static final String ORDER = " ORDER BY b.insert_time, b.block_id LIMIT :page";

  private final Jdbi jdbi;
  private final StreamDirectory directory;
  private final int page;

  public BlockListing(DataSource dataSource, StreamDirectory directory) {
    this(dataSource, directory, DEFAULT_PAGE);
  }

  public BlockListing(DataSource dataSource, StreamDirectory directory, int page) {
    this.jdbi = Jdbi.create(dataSource);
    this.directory = directory;
    this.page = page;
  }

  /// The blocks of `query`, read page by page while iterating; no connection is held in between. A
  /// block that is committed during the iteration may be missing, so whoever records a count must
  /// count what was iterated. The iterator belongs to one thread.
  public Iterable<SourceBlock> blocks(BlockQuery query) {
    return () -> new Pages(query);
  }

  /// The blocks of `query` at once.
  public List<SourceBlock> list(BlockQuery query) {
    List<SourceBlock> blocks = new ArrayList<>();
    blocks(query).forEach(blocks::add);
    return blocks;
  }

  /// One block, if it, its stream and its process are there.
  public Optional<SourceBlock> find(UUID blockId) {
    Optional<StoredBlock> block =
        Rows.call(
            "find a block",
            () ->
                jdbi.withHandle(handle ->
                    handle
                        .createQuery(ONE)
                        .bind("block", blockId)
                        .map(BlockListing::block)
                        .findFirst()));
    return block.flatMap(this::withOrigin);
  }

  private Optional<SourceBlock> withOrigin(StoredBlock block) {
    Optional<StoredStream> stream = directory.stream(block.info().streamId());
    Optional<StoredProcess> process = directory.process(block.info().processId());
    return stream.isPresent() && process.isPresent()
        ? Optional.of(new SourceBlock(block, stream.get(), process.get()))
        : Optional.empty();
  }

  private List<StoredBlock> read(BlockQuery query, @Nullable StoredBlock last) {
    String sql =
        SELECT
            + (last == null ? "" : AFTER)
            + (query.tag().isPresent() ? TAGGED : "")
            + (query.processId().isPresent() ? OF_PROCESS : "")
            + (query.streamId().isPresent() ? OF_STREAM : "")
            + ORDER;
    return Rows.call(
        "list blocks",
        () ->
            jdbi.withHandle(handle -> {
              Instant begin = last == null ? query.begin() : last.insertTime();
              Query statement =
                  handle
                      .createQuery(sql)
                      .bind("begin", Rows.timestamp(begin))
                      .bind("end", Rows.timestamp(query.end()))
                      .bind("page", page);
              if (last != null) {
                statement.bind("lastBlock", last.info().blockId());
              }
              query.tag().ifPresent(tag -> statement.bind("tag", tag));
              query.processId().ifPresent(id -> statement.bind("process", id));
              query.streamId().ifPresent(id -> statement.bind("stream", id));
              return statement.map(BlockListing::block).list();
            }));
  }

  private static StoredBlock block(ResultSet row, StatementContext context) throws SQLException {
    return new StoredBlock(
        new BlockInfo(
            row.getObject("block_id", UUID.class),
            row.getObject("stream_id", UUID.class),
            row.getObject("process_id", UUID.class),
            Rows.instant(row, "begin_time"),
            row.getLong("begin_ticks"),
            Rows.instant(row, "end_time"),
            row.getLong("end_ticks"),
            row.getLong("object_offset"),
            row.getInt("nb_objects")),
        row.getLong("payload_size"),
        Rows.instant(row, "insert_time"));
  }

  private final class Pages implements Iterator<SourceBlock> {
    private final BlockQuery query;
    private final Deque<SourceBlock> ready = new ArrayDeque<>();
    private @Nullable StoredBlock last;
    private boolean finished;

    Pages(BlockQuery query) {
      this.query = query;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && !finished) {
        List<StoredBlock> rows = read(query, last);
        finished = rows.size() < page;
        if (!rows.isEmpty()) {
          last = rows.getLast();
        }
        rows.forEach(this::add);
      }
      return !ready.isEmpty();
    }

    @Override
    public SourceBlock next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.removeFirst();
    }

    /// Skips a block whose stream or process retention has deleted meanwhile.
    private void add(StoredBlock block) {
      withOrigin(block).ifPresent(ready::addLast);
    }
  }
}
