package micromegas.ingestion;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.metadata.MetadataStore;

/// Rows in memory, with a switch to be down.
public class MemoryMetadata implements MetadataStore {
  public final Map<UUID, StoredProcess> processes = new ConcurrentHashMap<>();
  public final Map<UUID, StoredStream> streams = new ConcurrentHashMap<>();
  public final Map<UUID, StoredBlock> blocks = new ConcurrentHashMap<>();
  public final AtomicBoolean down = new AtomicBoolean();

  @Override
  public boolean insertProcess(StoredProcess process) {
    checkUp();
    return processes.putIfAbsent(process.info().processId(), process) == null;
  }

  @Override
  public boolean insertStream(StoredStream stream) {
    checkUp();
    return streams.putIfAbsent(stream.info().streamId(), stream) == null;
  }

  @Override
  public boolean insertBlock(StoredBlock block) {
    checkUp();
    return blocks.putIfAbsent(block.info().blockId(), block) == null;
  }

  @Override
  public Optional<StoredProcess> findProcess(UUID processId) {
    checkUp();
    return Optional.ofNullable(processes.get(processId));
  }

  @Override
  public Optional<StoredStream> findStream(UUID streamId) {
    checkUp();
    return Optional.ofNullable(streams.get(streamId));
  }

  @Override
  public DataSource dataSource() {
    throw new UnavailableException("no SQL over rows in memory");
  }

  private void checkUp() {
    if (down.get()) {
      throw new UnavailableException("PostgreSQL is down");
    }
  }
}
