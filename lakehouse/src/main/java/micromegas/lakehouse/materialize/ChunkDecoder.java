package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredBlock;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.EncodedRowGroup;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.view.ViewSource;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decodes blocks into columns. Keeps its buffers from chunk to chunk. Not thread-safe, but the
/// columns of a decoded chunk may be read by several threads until the next one.
final class ChunkDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkDecoder.class);

  /// Rows are not encoded for want of memory before they make this part of a row group, or files
  /// would have many tiny ones.
  private static final int SMALLEST_PART = 16;

  private final Schema schema;
  private final ParquetOptions parquet;
  private final ColumnBatch batch;
  private final DecodeScratch scratch;

  ChunkDecoder(Schema schema, PipelineSettings settings) {
    this.schema = schema;
    this.parquet = settings.parquet();
    this.batch = new ColumnBatch(schema);
    this.scratch = new DecodeScratch(settings.decode());
  }

  Schema schema() {
    return schema;
  }

  /// The rows of the last chunk.
  ColumnBatch batch() {
    return batch;
  }

  /// Blocks may hold more events than declared, and events may be larger than usual. So rows are
  /// encoded here and now, to make room, when they fill a row group before the last block, or when
  /// no more memory is free for them.
  ///
  /// @param payloads one per block, all completed
  /// @param encoder for the rows that have to go
  /// @param memory grows with the rows
  /// @return everything but the row groups of the rows that are still in [#batch]
  /// @throws UnavailableException when a payload could not be read and trying again may help
  DecodedChunk decode(
      ViewSource.Blocks source,
      BlockChunk chunk,
      List<CompletableFuture<byte[]>> payloads,
      BiFunction<ColumnBatch, RowGroupRange, EncodedRowGroup> encoder,
      MemoryLease memory) {
    Result result = new Result();
    batch.clear();
    long taken = 0;
    for (SourceBlock block : chunk.blocks()) {
      taken += Math.max(0, block.block().payloadSize());
    }
    for (int i = 0; i < chunk.blocks().size(); i++) {
      SourceBlock block = chunk.blocks().get(i);
      BlockProcessor processor = source.processors().get(block.stream().info().format());
      if (processor == null) {
        LOG.debug(
            "block {} has format {}, which the view set does not read",
            block.block().info().blockId(),
            block.stream().info().format());
        result.objects += block.block().info().nbObjects();
      } else {
        decode(block, processor, payloads.get(i), result);
      }
      long bytes = batch.bytes();
      boolean full = batch.rows() >= parquet.rowGroupRows() || bytes >= parquet.rowGroupBytes();
      if ((full && i + 1 < chunk.blocks().size())
          || (bytes >= parquet.rowGroupBytes() / SMALLEST_PART && !memory.covers(taken + bytes))) {
        for (RowGroupRange range : RowGroupRange.split(batch, parquet)) {
          EncodedRowGroup group = encoder.apply(batch, range);
          result.groups.add(group);
          taken += group.size();
        }
        bounds(result);
        batch.clear();
      }
    }
    bounds(result);
    return new DecodedChunk(
        result.groups, result.min, result.max, result.objects, result.decoded, result.failures);
  }

  private void decode(
      SourceBlock block,
      BlockProcessor processor,
      CompletableFuture<byte[]> payload,
      Result result) {
    ColumnBatch.Mark mark = batch.mark();
    StoredBlock stored = block.block();
    try {
      processor.process(block, Jobs.payload(payload), batch, scratch);
      result.objects += stored.info().nbObjects();
      result.decoded.add(stored.info().blockId());
    } catch (UnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      // Also an error of the decoder itself: one block must never hide its neighbours.
      batch.rollback(mark);
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      LOG.warn("block {} cannot be decoded: {}", stored.info().blockId(), message);
      LOG.debug("block {}", stored.info().blockId(), e);
      result.failures.add(new DecodedChunk.Failure(stored, processor.version(), message));
    }
  }

  private void bounds(Result result) {
    result.min = Math.min(result.min, batch.minEventNanos());
    result.max = Math.max(result.max, batch.maxEventNanos());
  }

  private static final class Result {
    final List<EncodedRowGroup> groups = new ArrayList<>();
    final List<UUID> decoded = new ArrayList<>();
    final List<DecodedChunk.Failure> failures = new ArrayList<>();
    long objects;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
  }
}
