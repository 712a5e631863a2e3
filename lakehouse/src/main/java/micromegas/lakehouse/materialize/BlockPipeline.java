package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.EncodedRowGroup;
import micromegas.lakehouse.parquet.ParquetAppender;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import org.apache.arrow.vector.types.pojo.Schema;

/// Payload objects to a Parquet file: fetched ahead on virtual threads, decoded by chunks and
/// encoded by row groups on a few platform threads, appended in block order. What is in flight is
/// bounded for all writes together, so memory does not grow with the data. Thread-safe; close it
/// after the last write.
public final class BlockPipeline implements BlockFileWriter, AutoCloseable {
  private static final int FORGET_BATCH = 1000;

  private final PipelineResources resources;
  private final BlockErrorSink errors;
  private final PipelineSettings settings;
  private final Tools<ChunkDecoder> decoders;

  public BlockPipeline(ObjectStore objects, BlockErrorSink errors, PipelineSettings settings) {
    this.resources = new PipelineResources(objects, settings);
    this.errors = errors;
    this.settings = settings;
    this.decoders =
        new Tools<>(
            settings.workers(), schema -> new ChunkDecoder(schema, settings), decoder -> {});
  }

  /// For other ways to write that share the threads and the memory of this one.
  PipelineResources resources() {
    return resources;
  }

  /// {@inheritDoc}
  ///
  /// @throws BadRequestException for a view that is not over decoded blocks
  /// @throws UnavailableException when payloads cannot be read or the file cannot be written
  @Override
  public Written write(View view, Iterable<SourceBlock> blocks, Path target) {
    if (!(view.source() instanceof ViewSource.Blocks source)) {
      throw new BadRequestException(view.id() + " is not a view over decoded blocks");
    }
    boolean keep = false;
    Run run = new Run(view, source);
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Written written = run.write(blocks, target, channel);
      keep = written.file().path().isPresent();
      return written;
    } catch (IOException e) {
      throw new UnavailableException("cannot write " + target + ": " + e.getMessage(), e);
    } finally {
      run.drain();
      if (!keep) {
        deleteIfExists(target);
      }
    }
  }

  @Override
  public void close() {
    resources.close();
    decoders.close();
  }

  private static void deleteIfExists(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UnavailableException("cannot delete " + file + ": " + e.getMessage(), e);
    }
  }

  /// One write: the chunks in flight, oldest first. Confined to the calling thread.
  private final class Run {
    private final View view;
    private final ViewSource.Blocks source;
    private final Schema schema;
    private final Deque<Pending> inFlight = new ArrayDeque<>();
    private final List<UUID> decoded = new ArrayList<>();
    private long sourceObjects;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    private record Pending(CompletableFuture<DecodedChunk> result, MemoryLease memory) {}

    Run(View view, ViewSource.Blocks source) {
      this.view = view;
      this.source = source;
      this.schema = view.schema().arrow();
    }

    Written write(Iterable<SourceBlock> blocks, Path target, FileChannel channel) {
      ParquetAppender appender = new ParquetAppender(channel, schema);
      BlockChunk.PeekingBlocks rest = new BlockChunk.PeekingBlocks(blocks.iterator());
      while (rest.hasNext()) {
        BlockChunk chunk =
            BlockChunk.next(rest, settings.parquet().rowGroupRows(), settings.maxInFlightBytes());
        int permits = PipelineResources.permits(chunk.bytes());
        // Waits for memory only when this write holds none, so that writes cannot wait for each
        // other in a circle.
        boolean admitted = false;
        while (!admitted && !inFlight.isEmpty()) {
          admitted =
              inFlight.size() <= settings.workers() * 2 && resources.memory().tryAcquire(permits);
          if (!admitted) {
            append(appender);
          }
        }
        if (!admitted) {
          resources.memory().acquireUninterruptibly(permits);
        }
        MemoryLease memory = new MemoryLease(resources.memory(), permits);
        inFlight.addLast(new Pending(start(chunk, memory), memory));
      }
      while (!inFlight.isEmpty()) {
        append(appender);
      }
      errors.forget(view.id().viewSet(), decoded);
      if (appender.rows() == 0) {
        return new Written(PartitionFile.EMPTY, sourceObjects);
      }
      appender.finish();
      PartitionFile file =
          new PartitionFile(
              Optional.of(target),
              appender.rows(),
              Optional.of(new TimeRange(min, max)),
              Optional.empty());
      return new Written(file, sourceObjects);
    }

    private CompletableFuture<DecodedChunk> start(BlockChunk chunk, MemoryLease memory) {
      List<CompletableFuture<byte[]>> payloads = new ArrayList<>(chunk.blocks().size());
      for (SourceBlock block : chunk.blocks()) {
        payloads.add(resources.fetch(block));
      }
      Executor job = resources.job();
      return CompletableFuture.allOf(payloads.toArray(CompletableFuture[]::new))
          .handleAsync((done, error) -> decode(chunk, payloads, job, memory), job)
          .thenCompose(encoding -> encoding);
    }

    /// Decodes a chunk and hands its row groups to all workers.
    private CompletableFuture<DecodedChunk> decode(
        BlockChunk chunk,
        List<CompletableFuture<byte[]>> payloads,
        Executor job,
        MemoryLease memory) {
      ChunkDecoder decoder = decoders.borrow(schema);
      DecodedChunk decoded =
          decoder.decode(
              source,
              chunk,
              payloads,
              (batch, range) -> resources.encode(schema, batch, range),
              memory);
      ColumnBatch batch = decoder.batch();
      List<CompletableFuture<EncodedRowGroup>> groups = new ArrayList<>();
      for (RowGroupRange range : RowGroupRange.split(batch, settings.parquet())) {
        groups.add(
            CompletableFuture.supplyAsync(() -> resources.encode(schema, batch, range), job));
      }
      return CompletableFuture.allOf(groups.toArray(CompletableFuture[]::new))
          .thenApply(done -> {
            batch.clear();
            decoders.giveBack(schema, decoder);
            return decoded.with(groups.stream().map(CompletableFuture::join).toList());
          });
    }

    /// Appends the oldest chunk and gives its memory back.
    private void append(ParquetAppender appender) {
      Pending oldest = inFlight.getFirst();
      DecodedChunk chunk;
      try {
        chunk = oldest.result().join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
      for (DecodedChunk.Failure failure : chunk.failures()) {
        errors.record(
            view.id().viewSet(), failure.block(), failure.decoderVersion(), failure.error());
      }
      for (EncodedRowGroup group : chunk.groups()) {
        appender.append(group);
      }
      inFlight.removeFirst();
      oldest.memory().close();
      sourceObjects += chunk.objects();
      min = Math.min(min, chunk.minEventNanos());
      max = Math.max(max, chunk.maxEventNanos());
      decoded.addAll(chunk.decoded());
      if (decoded.size() >= FORGET_BATCH) {
        errors.forget(view.id().viewSet(), decoded);
        decoded.clear();
      }
    }

    /// Waits for what is still running after an error, and gives its memory back.
    void drain() {
      while (!inFlight.isEmpty()) {
        Pending pending = inFlight.removeFirst();
        pending.result().handle((chunk, error) -> true).join();
        pending.memory().close();
      }
    }
  }
}
