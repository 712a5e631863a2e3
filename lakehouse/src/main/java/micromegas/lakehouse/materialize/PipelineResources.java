package micromegas.lakehouse.materialize;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.EncodedRowGroup;
import micromegas.lakehouse.parquet.RowGroupEncoder;
import org.apache.arrow.vector.types.pojo.Schema;

/// What all writes of decoded blocks share, so that together they stay within the limits of
/// [PipelineSettings]: threads, reads, memory in flight, and encoders. Thread-safe; close it after
/// the last write.
final class PipelineResources implements AutoCloseable {
  private static final int PERMIT_BYTES = 1024;

  private final ObjectStore objects;
  private final PipelineSettings settings;
  private final OldestFirst workers;
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore reads;
  private final Semaphore memory;
  private final Tools<RowGroupEncoder> encoders;

  PipelineResources(ObjectStore objects, PipelineSettings settings) {
    this.objects = objects;
    this.settings = settings;
    this.workers = new OldestFirst(settings.workers(), "decode-");
    this.reads = new Semaphore(settings.maxReads());
    this.memory = new Semaphore(permits(settings.maxInFlightBytes()), true);
    this.encoders =
        new Tools<>(
            settings.workers(),
            schema -> new RowGroupEncoder(schema, settings.parquet()),
            RowGroupEncoder::close);
  }

  PipelineSettings settings() {
    return settings;
  }

  /// Where the work of a new write goes; see [OldestFirst#job].
  Executor job() {
    return workers.job();
  }

  /// Permits of [#memory] for an estimate of bytes.
  static int permits(long bytes) {
    return (int) Math.clamp(bytes / PERMIT_BYTES, 1, Integer.MAX_VALUE);
  }

  /// What is in flight, for all writes together. A write waits for it only while it holds none, so
  /// that writes cannot wait for each other in a circle.
  Semaphore memory() {
    return memory;
  }

  /// Starts to read a payload.
  CompletableFuture<byte[]> fetch(SourceBlock block) {
    return CompletableFuture.supplyAsync(() -> read(block), readers);
  }

  EncodedRowGroup encode(Schema schema, ColumnBatch batch, RowGroupRange range) {
    RowGroupEncoder encoder = encoders.borrow(schema);
    boolean healthy = false;
    try {
      EncodedRowGroup group = encoder.encode(batch, range.from(), range.to());
      healthy = true;
      return group;
    } finally {
      if (healthy) {
        encoders.giveBack(schema, encoder);
      } else {
        encoder.close();
      }
    }
  }

  private byte[] read(SourceBlock block) {
    reads.acquireUninterruptibly();
    try {
      return objects.get(block.block().objectKey());
    } finally {
      reads.release();
    }
  }

  @Override
  public void close() {
    workers.close();
    readers.close();
    encoders.close();
  }
}
