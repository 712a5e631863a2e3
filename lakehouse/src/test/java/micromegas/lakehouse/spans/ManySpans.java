package micromegas.lakehouse.spans;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.materialize.BlockErrorSink;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.BlockPipeline;
import micromegas.lakehouse.materialize.ChainPipeline;
import micromegas.lakehouse.materialize.ChainRepairSink;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.view.ThreadSpansViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.transit.BlockInfo;
import micromegas.transit.ClientTypes;
import micromegas.transit.ProcessInfo;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.StreamInfo;

/// Writes the spans of one thread to a file in a JVM of its own, whose heap the caller limits. The
/// blocks are made when they are read, so nothing but the code under test needs memory. One span is
/// open from the first block to the last, and one per block ends in the next.
///
/// Arguments: folder, blocks, events per block, rows in memory. Prints the rows of the file.
final class ManySpans {
  private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");
  private static final UUID PROCESS = new UUID(1, 1);
  private static final StreamInfo STREAM =
      new StreamInfo(
          PROCESS,
          new UUID(2, 2),
          ClientTypes.spanDependencies(),
          ClientTypes.spanObjects(),
          List.of("cpu"),
          Map.of("thread-id", "1"),
          StreamInfo.TRANSIT_FORMAT);

  private final int blocks;
  private final int eventsPerBlock;

  private ManySpans(int blocks, int eventsPerBlock) {
    this.blocks = blocks;
    this.eventsPerBlock = eventsPerBlock;
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int blocks = Integer.parseInt(arguments[1]);
    int eventsPerBlock = Integer.parseInt(arguments[2]);
    int memoryRows = Integer.parseInt(arguments[3]);
    System.out.println(new ManySpans(blocks, eventsPerBlock).write(folder, memoryRows));
  }

  private long write(Path folder, int memoryRows) throws IOException {
    View view =
        new ThreadSpansViewMaker(new ThreadSpansProcessor(new SpanLimits(memoryRows, 1 << 20)))
            .make(STREAM.streamId().toString());
    StoredStream stream = new StoredStream(STREAM, START);
    StoredProcess process =
        new StoredProcess(
            new ProcessInfo(
                PROCESS,
                "",
                "",
                "",
                "",
                "",
                "",
                1_000_000_000,
                START,
                0,
                Optional.empty(),
                Map.of()),
            START);
    List<SourceBlock> source = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      source.add(
          new SourceBlock(new StoredBlock(info(i), 5L * eventsPerBlock, START), stream, process));
    }
    PipelineSettings settings =
        new PipelineSettings(
            2,
            32L << 20,
            2,
            DecodeLimits.DEFAULTS,
            new ParquetOptions(1, 65_536, 64L << 20, 65_536, 1 << 20, 1 << 20));
    Path target = folder.resolve("spans.parquet");
    try (BlockPipeline pipeline = new BlockPipeline(new Generated(), new NoErrors(), settings);
        ChainPipeline chains =
            new ChainPipeline(
                pipeline,
                new NoErrors(),
                ChainRepairSink.NONE,
                p -> TickConverter.ofEnd(p.info(), 0, START),
                folder.resolve("scratch"))) {
      BlockFileWriter.Written written = chains.write(view, source, target);
      try (var left = Files.list(folder.resolve("scratch"))) {
        if (left.findAny().isPresent()) {
          throw new AssertionError("scratch files were left");
        }
      }
      return written.file().rows();
    }
  }

  private BlockInfo info(int number) {
    long begin = (long) number * eventsPerBlock;
    return new BlockInfo(
        new UUID(0, number),
        STREAM.streamId(),
        PROCESS,
        START,
        begin,
        START,
        begin + eventsPerBlock,
        begin,
        eventsPerBlock);
  }

  /// Events one tick apart: whole pairs, but for the long span's begin and end, and the spans that
  /// reach into the next block.
  private byte[] payload(int number) {
    SpanBlockWriter writer = new SpanBlockWriter();
    SpanDescriptor run = span("run", 1);
    SpanDescriptor step = span("step", 2);
    SpanDescriptor part = span("part", 3);
    long time = (long) number * eventsPerBlock;
    boolean last = number + 1 == blocks;
    if (number == 0) {
      writer.begin(run, ++time);
    } else {
      writer.end(step, ++time);
    }
    while (writer.events() < eventsPerBlock - 1) {
      writer.begin(part, ++time);
      writer.end(part, ++time);
    }
    if (last) {
      writer.end(run, ++time);
    } else {
      writer.begin(step, ++time);
    }
    return PayloadCodec.encode(writer.finish());
  }

  private static SpanDescriptor span(String name, int line) {
    return new SpanDescriptor(name, "app", "app", "main.rs", line, 2);
  }

  /// Rows that the file must have: pairs and the root.
  static long rows(int blocks, int eventsPerBlock) {
    return (long) blocks * eventsPerBlock / 2 + 1;
  }

  private final class Generated implements ObjectStore {
    @Override
    public byte[] get(String key) {
      UUID block = UUID.fromString(key.substring(key.lastIndexOf('/') + 1));
      return payload((int) block.getLeastSignificantBits());
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes) {
      throw new AssertionError(key);
    }

    @Override
    public boolean putIfAbsent(String key, Path file) {
      throw new AssertionError(key);
    }

    @Override
    public InputStream open(String key) {
      throw new AssertionError(key);
    }

    @Override
    public byte[] getRange(String key, long offset, int length) {
      throw new AssertionError(key);
    }

    @Override
    public void delete(String key) {
      throw new AssertionError(key);
    }

    @Override
    public OptionalLong size(String key) {
      throw new AssertionError(key);
    }

    @Override
    public void list(String prefix, Consumer<String> consumer) {
      throw new AssertionError(prefix);
    }

    @Override
    public void close() {}
  }

  static final class NoErrors implements BlockErrorSink {
    @Override
    public void record(String viewSet, StoredBlock block, int decoderVersion, String error) {
      throw new AssertionError("block " + block.info().blockId() + ": " + error);
    }

    @Override
    public int forget(String viewSet, Collection<UUID> blockIds) {
      return 0;
    }
  }
}
