package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredBlock;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.EncodedRowGroup;
import micromegas.lakehouse.parquet.RowGroupEncoder;
import micromegas.lakehouse.view.ViewSource;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tools of one worker: decodes blocks into columns and encodes them as row groups. Keeps its
/// buffers from chunk to chunk. Not thread-safe.
final class ChunkDecoder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkDecoder.class);

  private final Schema schema;
  private final int groupRows;
  private final ColumnBatch batch;
  private final DecodeScratch scratch;
  private final RowGroupEncoder encoder;

  ChunkDecoder(Schema schema, PipelineSettings settings) {
    this.schema = schema;
    this.groupRows = settings.parquet().rowGroupRows();
    this.batch = new ColumnBatch(schema);
    this.scratch = new DecodeScratch(settings.decode());
    this.encoder = new RowGroupEncoder(schema, settings.parquet());
  }

  Schema schema() {
    return schema;
  }

  /// @param payloads one per block, all completed
  /// @throws UnavailableException when a payload could not be read and trying again may help
  DecodedChunk decode(
      ViewSource.Blocks source, BlockChunk chunk, List<CompletableFuture<byte[]>> payloads) {
    Result result = new Result();
    batch.clear();
    for (int i = 0; i < chunk.blocks().size(); i++) {
      SourceBlock block = chunk.blocks().get(i);
      BlockProcessor processor = source.processors().get(block.stream().info().format());
      if (processor == null) {
        LOG.warn(
            "block {} has format {}, which the view set does not read",
            block.block().info().blockId(),
            block.stream().info().format());
        result.objects += block.block().info().nbObjects();
      } else {
        decode(block, processor, payloads.get(i), result);
      }
      if (batch.rows() >= groupRows) {
        flush(result);
      }
    }
    flush(result);
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
      processor.process(block, payload(payload), batch, scratch);
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

  private static byte[] payload(CompletableFuture<byte[]> payload) {
    try {
      return payload.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof NotFoundException missing) {
        throw missing;
      }
      if (e.getCause() instanceof UnavailableException unavailable) {
        throw unavailable;
      }
      throw new UnavailableException("cannot read a payload: " + e.getCause(), e);
    }
  }

  private void flush(Result result) {
    for (int from = 0; from < batch.rows(); from += groupRows) {
      int to = Math.min(batch.rows(), from + groupRows);
      result.groups.add(encoder.encode(batch, from, to));
    }
    result.min = Math.min(result.min, batch.minEventNanos());
    result.max = Math.max(result.max, batch.maxEventNanos());
    batch.clear();
  }

  @Override
  public void close() {
    encoder.close();
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
