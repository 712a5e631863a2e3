package micromegas.lake.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.common.MicromegasException;
import micromegas.lake.StoredBlock;
import micromegas.transit.BlockInfo;

/// Inserts block rows: hot, since every block of every process passes here.
///
/// An insert time is taken before its row is written, and nobody knows how long before: a request
/// may have waited, a server's clock may be slow. PostgreSQL moves one that is older than
/// [DatabaseSettings#insertLag] forward, so that hours which are over for longer get no more rows.
final class BlockInserts {
  private static final String ONE =
      """
      INSERT INTO blocks (block_id, stream_id, process_id, begin_time, begin_ticks, end_time,
        end_ticks, nb_objects, object_offset, payload_size, insert_time)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
        greatest(?, clock_timestamp() - INTERVAL '%d seconds'))
      ON CONFLICT (block_id) DO NOTHING
      """;
  private static final String MANY =
      """
      INSERT INTO blocks (block_id, stream_id, process_id, begin_time, begin_ticks, end_time,
        end_ticks, nb_objects, object_offset, payload_size, insert_time)
      SELECT u.block_id, u.stream_id, u.process_id, u.begin_time, u.begin_ticks, u.end_time,
        u.end_ticks, u.nb_objects, u.object_offset, u.payload_size,
        greatest(u.insert_time, clock_timestamp() - INTERVAL '%d seconds')
      FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::timestamptz[], ?::bigint[],
        ?::timestamptz[], ?::bigint[], ?::int[], ?::bigint[], ?::bigint[], ?::timestamptz[])
        AS u(block_id, stream_id, process_id, begin_time, begin_ticks, end_time, end_ticks,
          nb_objects, object_offset, payload_size, insert_time)
      ON CONFLICT (block_id) DO NOTHING
      RETURNING block_id
      """;

  private final DataSource dataSource;
  private final String one;
  private final String many;
  private final GroupCommit<StoredBlock, Boolean> commits;

  BlockInserts(DataSource dataSource, DatabaseSettings settings) {
    this.dataSource = dataSource;
    this.one = ONE.formatted(settings.insertLag().toSeconds());
    this.many = MANY.formatted(settings.insertLag().toSeconds());
    this.commits =
        new GroupCommit<>(
            settings.insertBatchRows(), settings.insertBatchesInFlight(), this::insertAll);
  }

  /// @return whether the row is new
  boolean insert(StoredBlock block) {
    return commits.submit(block);
  }

  private List<GroupCommit.Outcome<Boolean>> insertAll(List<StoredBlock> blocks) {
    List<GroupCommit.Outcome<Boolean>> outcomes = new ArrayList<>(blocks.size());
    if (blocks.size() > 1) {
      try {
        Set<UUID> created = insertMany(blocks);
        for (StoredBlock block : blocks) {
          // Of two requests with one id in the batch, the first one made the row.
          outcomes.add(GroupCommit.Outcome.of(created.remove(block.info().blockId())));
        }
        return outcomes;
      } catch (SQLException e) {
        if (!SqlErrors.isAboutTheData(e)) {
          MicromegasException error = SqlErrors.translate(e, "insert " + blocks.size() + " blocks");
          blocks.forEach(block -> outcomes.add(GroupCommit.Outcome.failed(error)));
          return outcomes;
        }
        // One bad row failed all of them: let each stand for itself.
      }
    }
    for (StoredBlock block : blocks) {
      try {
        outcomes.add(GroupCommit.Outcome.of(insertOne(block)));
      } catch (SQLException e) {
        outcomes.add(
            GroupCommit.Outcome.failed(
                SqlErrors.translate(e, "insert block " + block.info().blockId())));
      }
    }
    return outcomes;
  }

  private boolean insertOne(StoredBlock block) throws SQLException {
    BlockInfo info = block.info();
    try (Connection connection = dataSource.getConnection();
        PreparedStatement insert = connection.prepareStatement(one)) {
      insert.setObject(1, info.blockId());
      insert.setObject(2, info.streamId());
      insert.setObject(3, info.processId());
      insert.setObject(4, SqlTime.truncated(info.beginTime()));
      insert.setLong(5, info.beginTicks());
      insert.setObject(6, SqlTime.truncated(info.endTime()));
      insert.setLong(7, info.endTicks());
      insert.setInt(8, info.nbObjects());
      insert.setLong(9, info.objectOffset());
      insert.setLong(10, block.payloadSize());
      insert.setObject(11, SqlTime.truncated(block.insertTime()));
      return insert.executeUpdate() == 1;
    }
  }

  private Set<UUID> insertMany(List<StoredBlock> blocks) throws SQLException {
    int count = blocks.size();
    UUID[] blockIds = new UUID[count];
    UUID[] streamIds = new UUID[count];
    UUID[] processIds = new UUID[count];
    String[] beginTimes = new String[count];
    long[] beginTicks = new long[count];
    String[] endTimes = new String[count];
    long[] endTicks = new long[count];
    int[] objects = new int[count];
    long[] offsets = new long[count];
    long[] sizes = new long[count];
    String[] insertTimes = new String[count];
    for (int i = 0; i < count; i++) {
      StoredBlock block = blocks.get(i);
      BlockInfo info = block.info();
      blockIds[i] = info.blockId();
      streamIds[i] = info.streamId();
      processIds[i] = info.processId();
      beginTimes[i] = SqlTime.text(info.beginTime());
      beginTicks[i] = info.beginTicks();
      endTimes[i] = SqlTime.text(info.endTime());
      endTicks[i] = info.endTicks();
      objects[i] = info.nbObjects();
      offsets[i] = info.objectOffset();
      sizes[i] = block.payloadSize();
      insertTimes[i] = SqlTime.text(block.insertTime());
    }
    try (Connection connection = dataSource.getConnection();
        PreparedStatement insert = connection.prepareStatement(many)) {
      insert.setArray(1, connection.createArrayOf("uuid", blockIds));
      insert.setArray(2, connection.createArrayOf("uuid", streamIds));
      insert.setArray(3, connection.createArrayOf("uuid", processIds));
      insert.setArray(4, connection.createArrayOf("text", beginTimes));
      insert.setObject(5, beginTicks);
      insert.setArray(6, connection.createArrayOf("text", endTimes));
      insert.setObject(7, endTicks);
      insert.setObject(8, objects);
      insert.setObject(9, offsets);
      insert.setObject(10, sizes);
      insert.setArray(11, connection.createArrayOf("text", insertTimes));
      Set<UUID> created = new HashSet<>(count * 2);
      try (ResultSet rows = insert.executeQuery()) {
        while (rows.next()) {
          created.add(rows.getObject(1, UUID.class));
        }
      }
      return created;
    }
  }
}
