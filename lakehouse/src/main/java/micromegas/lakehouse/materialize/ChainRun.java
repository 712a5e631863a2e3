package micromegas.lakehouse.materialize;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.view.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One pass of [ChainPipeline] over its chains. Confined to the calling thread, which only waits:
/// decoding and reading run on the workers, reading one block at a time.
///
/// @param <E> the events of a decoded block
final class ChainRun<E> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChainRun.class);

  private final PipelineResources resources;
  private final Tools<DecodeScratch> decoders;
  private final View view;
  private final ChainProcessor<E> processor;
  private final ChainPipeline.Clocks clocks;
  private final ChainReader<E> reader;
  private final Executor job;
  private final Deque<Pending<E>> ahead = new ArrayDeque<>();
  private final Map<UUID, TickConverter> knownClocks = new HashMap<>();
  private final List<UUID> decoded = new ArrayList<>();
  private final List<DecodedChunk.Failure> failures = new ArrayList<>();
  private final List<ChainRepairSink.RepairedChain> repaired = new ArrayList<>();
  private long objects;

  // Of the chain that is being read; null between chains.
  private @Nullable SourceBlock first;
  private @Nullable SourceBlock last;

  /// A block and its place in its chain.
  private record Step(Chain chain, int index) {
    SourceBlock block() {
      return chain.blocks().get(index);
    }

    boolean isLast() {
      return index + 1 == chain.blocks().size();
    }
  }

  /// @param events null when the block cannot be decoded
  private record Decoded<E>(@Nullable E events, DecodedChunk.@Nullable Failure failure) {}

  private record Pending<E>(Step step, CompletableFuture<Decoded<E>> result, int permits) {}

  ChainRun(
      PipelineResources resources,
      Tools<DecodeScratch> decoders,
      View view,
      ChainProcessor<E> processor,
      ChainPipeline.Clocks clocks,
      ChainReader<E> reader) {
    this.resources = resources;
    this.decoders = decoders;
    this.view = view;
    this.processor = processor;
    this.clocks = clocks;
    this.reader = reader;
    this.job = resources.job();
  }

  /// @param bridge whether chains go on behind a block that cannot be decoded
  void read(List<Chain> chains, boolean bridge) {
    read(chains, bridge, Optional.empty(), false);
  }

  /// A chain that has not ended, by the first and the last of its blocks that were read.
  record OpenChain(SourceBlock first, SourceBlock last) {}

  /// @param begun a chain that the first of `chains` goes on with
  /// @param keepOpen whether the last chain does not end with its last block
  void read(List<Chain> chains, boolean bridge, Optional<OpenChain> begun, boolean keepOpen) {
    first = begun.map(OpenChain::first).orElse(null);
    last = begun.map(OpenChain::last).orElse(null);
    Iterator<Step> steps =
        chains.stream()
            .flatMap(chain ->
                java.util.stream.IntStream.range(0, chain.blocks().size())
                    .mapToObj(index -> new Step(chain, index)))
            .iterator();
    @Nullable Step waiting = null;
    while (waiting != null || steps.hasNext() || !ahead.isEmpty()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new UnavailableException(view.id() + ": cancelled while it was materialized");
      }
      waiting = decodeAhead(waiting, steps);
      Pending<E> next = ahead.getFirst();
      boolean stays = keepOpen && next.step().chain() == chains.getLast();
      read(next.step(), Jobs.join(next.result()), bridge, stays);
      ahead.removeFirst();
      resources.memory().release(next.permits());
    }
  }

  /// Events of the blocks that were read.
  long objects() {
    return objects;
  }

  List<UUID> decoded() {
    return decoded;
  }

  List<DecodedChunk.Failure> failures() {
    return failures;
  }

  /// The chain that was kept open.
  Optional<OpenChain> begun() {
    return first == null || last == null
        ? Optional.empty()
        : Optional.of(new OpenChain(first, last));
  }

  /// Chains that needed repairs and ended.
  List<ChainRepairSink.RepairedChain> repaired() {
    return repaired;
  }

  /// Starts to decode as many blocks as may be in flight, and at least one.
  ///
  /// @return the block that had to wait
  private @Nullable Step decodeAhead(@Nullable Step first, Iterator<Step> steps) {
    @Nullable Step step = first;
    while (step != null || steps.hasNext()) {
      if (step == null) {
        step = steps.next();
      }
      long bytes = Math.min(bytes(step.block()), resources.settings().maxInFlightBytes());
      int permits = PipelineResources.permits(bytes);
      if (ahead.isEmpty()) {
        resources.memory().acquireUninterruptibly(permits);
      } else if (ahead.size() > 2 * resources.settings().workers()
          || !resources.memory().tryAcquire(permits)) {
        return step;
      }
      ahead.addLast(new Pending<>(step, start(step.block()), permits));
      step = null;
    }
    return null;
  }

  private static long bytes(SourceBlock block) {
    return 2 * Math.max(0, block.block().payloadSize())
        + BYTES_PER_EVENT * Math.max(0, block.block().info().nbObjects());
  }

  /// Of decompressed and of decoded events.
  private static final long BYTES_PER_EVENT = 48;

  private CompletableFuture<Decoded<E>> start(SourceBlock block) {
    TickConverter clock = clock(block);
    CompletableFuture<byte[]> payload = resources.fetch(block);
    return payload.handleAsync((bytes, error) -> decode(block, clock, payload), job);
  }

  private Decoded<E> decode(
      SourceBlock block, TickConverter clock, CompletableFuture<byte[]> payload) {
    DecodeScratch scratch = decoders.borrow(view.schema().arrow());
    try {
      return new Decoded<>(processor.decode(block, Jobs.payload(payload), clock, scratch), null);
    } catch (UnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      // Also an error of the decoder itself: one block must never hide its neighbours.
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      LOG.warn("block {} cannot be decoded: {}", block.block().info().blockId(), message);
      LOG.debug("block {}", block.block().info().blockId(), e);
      return new Decoded<>(
          null, new DecodedChunk.Failure(block.block(), processor.version(), message));
    } finally {
      decoders.giveBack(view.schema().arrow(), scratch);
    }
  }

  private void read(Step step, Decoded<E> block, boolean bridge, boolean staysOpen) {
    if (block.failure() != null) {
      failures.add(block.failure());
      if (!bridge || (step.isLast() && !staysOpen)) {
        end();
      }
      return;
    }
    E events = java.util.Objects.requireNonNull(block.events());
    boolean begins = first == null;
    first = begins ? step.block() : first;
    last = step.block();
    if (begins) {
      reader.begin(step.chain().from(step.index()), clock(step.block()));
    }
    reader.add(step.block(), events);
    objects += step.block().block().info().nbObjects();
    decoded.add(step.block().block().info().blockId());
    if (step.isLast() && !staysOpen) {
      end();
    }
  }

  /// Ends the chain that is open, if there is one.
  private void end() {
    if (first == null || last == null) {
      return;
    }
    ChainRepairs repairs = reader.end();
    if (!repairs.isEmpty()) {
      LOG.warn(
          "{}: set right in the chain of block {}: {}",
          view.id(),
          first.block().info().blockId(),
          repairs);
      repaired.add(
          new ChainRepairSink.RepairedChain(first.block().info(), last.block().info(), repairs));
    }
    first = null;
    last = null;
  }

  private TickConverter clock(SourceBlock block) {
    return knownClocks.computeIfAbsent(
        block.process().info().processId(), id -> clocks.of(block.process()));
  }

  /// Waits for what is still running after an error.
  @Override
  public void close() {
    while (!ahead.isEmpty()) {
      Pending<E> pending = ahead.removeFirst();
      pending.result().handle((result, error) -> true).join();
      resources.memory().release(pending.permits());
    }
  }
}
