package micromegas.lake.metadata;

import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;

/// The telemetry tables. Every insert is durable when the method returns and does nothing when the
/// id exists. Thread-safe.
///
/// All methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public interface MetadataStore {

  /// @return whether the row is new
  boolean insertProcess(StoredProcess process);

  /// @return whether the row is new
  boolean insertStream(StoredStream stream);

  /// @return whether the row is new
  boolean insertBlock(StoredBlock block);

  Optional<StoredProcess> findProcess(UUID processId);

  Optional<StoredStream> findStream(UUID streamId);

  /// Connections for modules that keep queries of their own.
  DataSource dataSource();
}
