package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.ParquetAppender;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.parquet.RowGroupEncoder;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import org.apache.arrow.vector.types.pojo.Schema;

/// Writes rows of the view set `blocks` from PostgreSQL, read through a cursor in one snapshot, so
/// that the count is exactly that of the rows. Thread-safe.
public final class BlockRowsWriter implements BlockFileWriter {
  /// Rows per round trip; a row carries the layouts of its stream, some KiB.
  private static final int FETCH_SIZE = 500;

  /// Blocks that are asked for by id at once.
  private static final int IDS = 5000;

  private static final String OF_SLICE =
      BlockRowColumns.SELECT
          + " WHERE b.insert_time >= ? AND b.insert_time < ?"
          + BlockRowColumns.ORDER;
  private static final String OF_IDS =
      BlockRowColumns.SELECT + " WHERE b.block_id = ANY(?)" + BlockRowColumns.ORDER;

  private final DataSource dataSource;
  private final ParquetOptions options;

  public BlockRowsWriter(DataSource dataSource, ParquetOptions options) {
    this.dataSource = dataSource;
    this.options = options;
  }

  /// Writes the rows of listed blocks; those that retention has deleted meanwhile are left out and
  /// not counted.
  @Override
  public Written write(View view, Iterable<SourceBlock> blocks, Path target) {
    return write(
        view,
        target,
        (connection, rows) -> {
          List<UUID> ids = new ArrayList<>();
          for (SourceBlock block : blocks) {
            ids.add(block.block().info().blockId());
            if (ids.size() == IDS) {
              readIds(connection, ids, rows);
              ids.clear();
            }
          }
          if (!ids.isEmpty()) {
            readIds(connection, ids, rows);
          }
        });
  }

  /// Writes the rows of a slice, ordered by insert time.
  public Written write(View view, InsertSlice slice, Path target) {
    Written written =
        write(
            view,
            target,
            (connection, rows) -> {
              try (PreparedStatement statement = connection.prepareStatement(OF_SLICE)) {
                statement.setObject(1, micros(slice.begin()).atOffset(ZoneOffset.UTC));
                statement.setObject(2, micros(slice.end()).atOffset(ZoneOffset.UTC));
                rows.read(statement);
              }
            });
    PartitionFile file = written.file();
    return new Written(
        new PartitionFile(
            file.path(), file.rows(), file.eventTime(), Optional.of(List.of("insert_time"))),
        written.sourceObjects());
  }

  private interface Query {
    void run(Connection connection, RowSink rows) throws SQLException;
  }

  private Written write(View view, Path target, Query query) {
    if (!(view.source() instanceof ViewSource.BlockRows)) {
      throw new BadRequestException(view.id() + " is not a view over block rows");
    }
    Schema schema = view.schema().arrow();
    boolean keep = false;
    try (FileChannel channel =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        RowGroupEncoder encoder = new RowGroupEncoder(schema, options)) {
      RowSink rows = new RowSink(schema, encoder, new ParquetAppender(channel, schema));
      inSnapshot(connection -> query.run(connection, rows));
      Written written = rows.finish(target);
      keep = written.file().path().isPresent();
      return written;
    } catch (IOException e) {
      throw new UnavailableException("cannot write " + target + ": " + e.getMessage(), e);
    } finally {
      if (!keep) {
        ScratchFiles.delete(target);
      }
    }
  }

  private interface Work {
    void run(Connection connection) throws SQLException;
  }

  private void inSnapshot(Work work) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false); // or the driver would read all rows at once
      try {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        work.run(connection);
        connection.commit();
      } finally {
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new UnavailableException("PostgreSQL could not list blocks: " + e.getMessage(), e);
    }
  }

  private static void readIds(Connection connection, List<UUID> ids, RowSink rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OF_IDS)) {
      statement.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      rows.read(statement);
    }
  }

  private static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  /// Collects rows and writes them a row group at a time.
  private final class RowSink {
    private final ColumnBatch batch;
    private final RowGroupEncoder encoder;
    private final ParquetAppender appender;
    private final BlockRowColumns columns = new BlockRowColumns();
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    RowSink(Schema schema, RowGroupEncoder encoder, ParquetAppender appender) {
      this.batch = new ColumnBatch(schema);
      this.encoder = encoder;
      this.appender = appender;
    }

    void read(PreparedStatement statement) throws SQLException {
      statement.setFetchSize(FETCH_SIZE);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          columns.append(result, batch);
          if (batch.rows() == options.rowGroupRows() || batch.bytes() >= options.rowGroupBytes()) {
            flush();
          }
        }
      }
    }

    Written finish(Path target) {
      flush();
      if (appender.rows() == 0) {
        return new Written(PartitionFile.EMPTY, 0);
      }
      appender.finish();
      PartitionFile file =
          new PartitionFile(
              Optional.of(target),
              appender.rows(),
              Optional.of(TimeRange.between(min, max)),
              Optional.empty());
      return new Written(file, appender.rows());
    }

    private void flush() {
      if (batch.rows() > 0) {
        for (RowGroupRange range : RowGroupRange.split(batch, options)) {
          appender.append(encoder.encode(batch, range.from(), range.to()));
        }
        min = Math.min(min, batch.minEventNanos());
        max = Math.max(max, batch.maxEventNanos());
        batch.clear();
      }
    }
  }
}
