package micromegas.lakehouse.spans;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import micromegas.common.Nanos;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lake.objects.FileObjectStore;
import micromegas.lakehouse.blocks.CallSiteHash;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainRows;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.materialize.BlockPipeline;
import micromegas.lakehouse.materialize.ChainPipeline;
import micromegas.lakehouse.materialize.ChainRepairSink;
import micromegas.lakehouse.materialize.GrowingFiles;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.view.ThreadSpansViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.transit.BlockInfo;
import micromegas.transit.ClientTypes;
import micromegas.transit.ProcessInfo;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.SpanLocation;
import micromegas.transit.StaticText;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random streams in the native format: blocks that touch, overlap, have the same bounds, are
/// missing or were listed in any order; plain, named and asynchronous spans.
class ThreadSpansProcessorTest {
  private static final Instant START = Instant.parse("2026-05-06T08:00:00Z");
  private static final long START_NANOS = Nanos.fromInstant(START);
  private static final long START_TICKS = 123_456;
  private static final UUID PROCESS = new UUID(1, 1);
  private static final int SITES = 4;
  private static final SpanLocation PLACE = new SpanLocation("net", "net", "net.rs", 77, 2);

  @TempDir Path folder;

  private record Event(boolean end, int site, long ticks) {}

  private record Block(SourceBlock source, byte[] payload, List<Event> events) {}

  @Test
  void rowsAreThoseOfThePlainAlgorithm() {
    int compared = 0;
    int repaired = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      StreamInfo stream = stream(random);
      List<Block> blocks = blocks(random, stream, seed % 2 == 0);
      List<SpanRow> expected = new ArrayList<>();
      repaired += plain(blocks, stream, expected) ? 1 : 0;
      assertThat(rows(blocks)).as("seed %d", seed).isEqualTo(expected);
      compared += expected.size();
    }
    assertThat(compared).isGreaterThan(5_000);
    assertThat(repaired).isBetween(20, 180);
  }

  /// However the blocks come, the files of a chain that grows have the rows of reading it at once.
  @Test
  void chainsThatGrowHaveTheRowsOfReadingThemAtOnce() throws Exception {
    int kept = 0;
    int written = 0;
    int anew = 0;
    int adds = 0;
    FileObjectStore store = new FileObjectStore(folder.resolve("objects"), false);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        BlockPipeline pipeline =
            new BlockPipeline(
                store,
                new ManySpans.NoErrors(),
                new PipelineSettings(
                    2, 32L << 20, 2, DecodeLimits.DEFAULTS, ParquetOptions.DEFAULT));
        ChainPipeline chains =
            new ChainPipeline(
                pipeline,
                new ManySpans.NoErrors(),
                ChainRepairSink.NONE,
                process -> new TickConverter(START_NANOS, START_TICKS, 1_000_000_000),
                folder.resolve("scratch"))) {
      for (int seed = 0; seed < 60; seed++) {
        Random random = new Random(seed);
        List<Block> blocks = blocks(random, stream(random), seed % 3 != 0);
        blocks.sort(Comparator.comparing(Block::source, Chain.EVENT_ORDER));
        View view =
            new ThreadSpansViewMaker(
                    new ThreadSpansProcessor(new SpanLimits(64, 1000), 1 + seed % 7))
                .make(new UUID(2, 2).toString());
        GrowingFiles growing = growing(chains, view, blocks);
        List<PartitionFile> before = List.of();
        int end = 0;
        while (end < blocks.size()) {
          int from = end;
          end = Math.min(blocks.size(), end + 1 + random.nextInt(2));
          for (Block block : blocks.subList(from, end)) {
            store.putIfAbsent(block.source().block().objectKey(), block.payload());
          }
          Optional<List<PartitionFile>> files = growing.add(sources(blocks.subList(from, end)));
          adds++;
          if (files.isEmpty()) {
            anew++;
            growing.close();
            growing = growing(chains, view, blocks);
            files = growing.add(sources(blocks.subList(0, end)));
          }
          List<SpanRow> rows = new ArrayList<>();
          for (PartitionFile file : files.orElseThrow()) {
            List<SpanRow> own = read(connection, file);
            assertThat(own).hasSize((int) file.rows());
            rows.addAll(own);
            assertThat(own)
                .allMatch(row ->
                    file.eventTime().orElseThrow().beginNanos() <= row.begin()
                        && file.eventTime().orElseThrow().endNanos() >= row.end());
            if (before.contains(file)) {
              kept++;
            } else {
              written++;
            }
          }
          before = files.get();
          List<SpanRow> expected = rows(blocks.subList(0, end));
          for (int row = 0; row < Math.min(rows.size(), expected.size()); row++) {
            assertThat(rows.get(row))
                .as("row %d after %d blocks of seed %d", row, end, seed)
                .isEqualTo(expected.get(row));
          }
          assertThat(rows).as("seed %d", seed).hasSameSizeAs(expected);
        }
        growing.close();
      }
      try (var left = Files.list(folder.resolve("scratch"))) {
        assertThat(left).isEmpty();
      }
    }
    assertThat(kept).as("of %d files", written).isGreaterThan(written / 4);
    assertThat(anew).as("of %d times", adds).isLessThan(adds / 4);
  }

  private GrowingFiles growing(ChainPipeline chains, View view, List<Block> blocks) {
    return chains
        .growing(
            view,
            blocks.getFirst().source(),
            () -> folder.resolve("file-" + UUID.randomUUID() + ".parquet"))
        .orElseThrow();
  }

  private static List<SourceBlock> sources(List<Block> blocks) {
    return blocks.stream().map(Block::source).toList();
  }

  private static List<SpanRow> read(Connection connection, PartitionFile file) throws SQLException {
    List<SpanRow> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT id, parent, depth, hash, epoch_ns("begin"), epoch_ns("end"), duration, name,
                       target, filename, line
                FROM read_parquet('%s')
                """
                    .formatted(file.path().orElseThrow()))) {
      while (row.next()) {
        rows.add(
            new SpanRow(
                row.getLong(1),
                row.getLong(2),
                row.getInt(3),
                (int) row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getInt(11)));
      }
    }
    return rows;
  }

  @Test
  void threadsAreCalledByNameAndId() {
    assertThat(name(Map.of("thread-name", "main", "thread-id", "7"))).isEqualTo("main-7");
    assertThat(name(Map.of("thread-id", "7"))).isEqualTo("7");
    assertThat(name(Map.of())).isEqualTo(new UUID(2, 2).toString());
    assertThat(name(Map.of("thread-name", "main"))).isEqualTo("main-" + new UUID(2, 2));
  }

  private static String name(Map<String, String> properties) {
    return ThreadSpansProcessor.threadName(stream(properties));
  }

  private List<SpanRow> rows(List<Block> blocks) {
    ThreadSpansProcessor processor = new ThreadSpansProcessor(new SpanLimits(64, 1000));
    TickConverter clock = new TickConverter(START_NANOS, START_TICKS, 1_000_000_000);
    DecodeScratch scratch = new DecodeScratch();
    List<SourceBlock> order = blocks.stream().map(Block::source).sorted(Chain.EVENT_ORDER).toList();
    List<SpanRow> found = new ArrayList<>();
    ColumnBatch batch = new ColumnBatch(new ThreadSpansViewMaker(processor).schema().arrow());
    try (ChainRows<micromegas.lakehouse.blocks.SpanEvents> rows = processor.rows(folder)) {
      for (Chain chain : Chain.split(order)) {
        rows.begin(chain, clock);
        for (SourceBlock source : chain.blocks()) {
          byte[] payload =
              blocks.stream()
                  .filter(block -> block.source() == source)
                  .findFirst()
                  .orElseThrow()
                  .payload();
          rows.add(source, processor.decode(source, payload, clock, scratch), batch);
        }
        rows.end();
        boolean more = true;
        while (more) {
          more = rows.drain(batch, 100);
          found.addAll(SpanRow.of(batch));
          batch.clear();
        }
      }
    }
    return found;
  }

  /// @return whether the reference would have failed
  private static boolean plain(List<Block> blocks, StreamInfo stream, List<SpanRow> rows) {
    String threadName = ThreadSpansProcessor.threadName(stream);
    ReferenceTree.Site root =
        new ReferenceTree.Site(threadName, "", "", 0, CallSiteHash.of(threadName, "", "", 0));
    List<Block> order = new ArrayList<>(blocks);
    order.sort(
        Comparator.comparingLong((Block b) -> info(b).beginTicks())
            .thenComparingLong(b -> info(b).endTicks()));
    boolean failed = false;
    int i = 0;
    while (i < order.size()) {
      int next = i + 1;
      long reach = info(order.get(i)).endTicks();
      while (next < order.size() && info(order.get(next)).beginTicks() <= reach) {
        reach = Math.max(reach, info(order.get(next)).endTicks());
        next++;
      }
      long end = START_NANOS + info(order.get(next - 1)).endTicks();
      ReferenceTree tree =
          new ReferenceTree(root, START_NANOS + info(order.get(i)).beginTicks(), end);
      for (Block block : order.subList(i, next)) {
        long id = info(block).objectOffset();
        boolean more = true;
        for (Event event : block.events()) {
          long time = START_NANOS + event.ticks() - START_TICKS;
          if (more && event.site() >= 0) {
            more =
                event.end()
                    ? tree.end(id, site(event.site()), time)
                    : tree.begin(id, site(event.site()), time);
          }
          id++;
        }
      }
      rows.addAll(tree.finish(end));
      failed |= tree.failed();
      i = next;
    }
    return failed;
  }

  private static BlockInfo info(Block block) {
    return block.source().block().info();
  }

  private static ReferenceTree.Site site(int site) {
    String name = "s" + site;
    return site < SITES / 2
        ? new ReferenceTree.Site(
            name, "app", "main.rs", site, CallSiteHash.of(name, "main.rs", "app", site))
        : new ReferenceTree.Site(
            name, "net", "net.rs", 77, CallSiteHash.of(name, "net.rs", "net", 77));
  }

  /// Blocks in any order.
  ///
  /// @param tidy whether spans nest and blocks touch, but for those that got lost
  private static List<Block> blocks(Random random, StreamInfo stream, boolean tidy) {
    List<SpanDescriptor> descriptors = new ArrayList<>();
    List<StaticText> names = new ArrayList<>();
    for (int i = 0; i < SITES; i++) {
      descriptors.add(new SpanDescriptor("s" + i, "app", "app", "main.rs", i, 2));
      names.add(StaticText.of("s" + i));
    }
    SpanBlockWriter writer = new SpanBlockWriter();
    List<Block> blocks = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    long ticks = START_TICKS + random.nextInt(1000);
    long offset = 0;
    long begin = ticks;
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      List<Event> events = new ArrayList<>();
      int size = random.nextInt(30);
      for (int e = 0; e < size; e++) {
        ticks += random.nextInt(3);
        int choice = random.nextInt(20);
        if (choice == 0) {
          writer.beginAsync(descriptors.getFirst(), 1, 0, 0, ticks);
          events.add(new Event(false, -1, ticks));
        } else if (choice < 10 || (open.isEmpty() && tidy)) {
          int site = random.nextInt(SITES);
          open.add(site);
          write(writer, descriptors, names, events, new Event(false, site, ticks));
        } else {
          int site =
              open.isEmpty() || (!tidy && choice == 19) ? random.nextInt(SITES) : open.removeLast();
          write(writer, descriptors, names, events, new Event(true, site, ticks));
        }
      }
      long end = ticks + random.nextInt(2);
      byte[] payload = PayloadCodec.encode(writer.finish());
      boolean lost = random.nextInt(8) == 0;
      if (!lost) {
        long reach = tidy ? 0 : random.nextInt(4) == 0 ? random.nextInt(20) : 0;
        blocks.add(
            new Block(
                source(
                    stream, begin - START_TICKS - reach, end - START_TICKS, offset, events.size()),
                payload,
                events));
        if (!tidy && random.nextInt(10) == 0) { // the same range twice
          blocks.add(
              new Block(
                  source(
                      stream,
                      begin - START_TICKS - reach,
                      end - START_TICKS,
                      offset,
                      events.size()),
                  payload,
                  events));
        }
      }
      offset += events.size();
      begin = end;
      ticks = end;
      if (lost) {
        open.clear();
      }
      if (random.nextInt(6) == 0) {
        ticks += 1 + random.nextInt(5); // a gap
        begin = ticks;
        open.clear();
      }
    }
    List<Block> listed = new ArrayList<>(blocks);
    if (tidy) {
      Collections.shuffle(listed, random);
    }
    return listed;
  }

  private static void write(
      SpanBlockWriter writer,
      List<SpanDescriptor> descriptors,
      List<StaticText> names,
      List<Event> events,
      Event event) {
    events.add(event);
    if (event.site() < SITES / 2) {
      if (event.end()) {
        writer.end(descriptors.get(event.site()), event.ticks());
      } else {
        writer.begin(descriptors.get(event.site()), event.ticks());
      }
    } else if (event.end()) {
      writer.end(PLACE, names.get(event.site()), event.ticks());
    } else {
      writer.begin(PLACE, names.get(event.site()), event.ticks());
    }
  }

  private static SourceBlock source(
      StreamInfo stream, long begin, long end, long offset, int events) {
    return new SourceBlock(
        new StoredBlock(
            new BlockInfo(
                UUID.randomUUID(),
                stream.streamId(),
                PROCESS,
                START.plusNanos(begin),
                begin,
                START.plusNanos(end),
                end,
                offset,
                events),
            1,
            START),
        new StoredStream(stream, START),
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
                START_TICKS,
                Optional.empty(),
                Map.of()),
            START));
  }

  private static StreamInfo stream(Random random) {
    return stream(random.nextBoolean() ? Map.of("thread-id", "9") : Map.of());
  }

  private static StreamInfo stream(Map<String, String> properties) {
    return new StreamInfo(
        PROCESS,
        new UUID(2, 2),
        ClientTypes.spanDependencies(),
        ClientTypes.spanObjects(),
        List.of("cpu"),
        properties,
        StreamInfo.TRANSIT_FORMAT);
  }
}
