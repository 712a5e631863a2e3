package micromegas.lakehouse.fresh;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.common.TimeRange;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.transit.BlockInfo;
import micromegas.transit.ClientTypes;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.StreamInfo;

/// The stream of a thread `main-7` of a process that begins now, and whose clock ticks in
/// nanoseconds from then on.
final class SpanStream {
  final SpanBlockWriter writer = new SpanBlockWriter();
  private final LiveLake live;
  private final Instant start;
  private final Source source = Source.random();
  private final List<Integer> sizes = new ArrayList<>();

  SpanStream(LiveLake live) {
    this.live = live;
    this.start = live.clock.instant();
    live.insertProcess(source);
    live.lake
        .metadata()
        .insertStream(
            new StoredStream(
                new StreamInfo(
                    source.processId(),
                    source.streamId(),
                    ClientTypes.spanDependencies(),
                    ClientTypes.spanObjects(),
                    List.of("cpu"),
                    Map.of("thread-name", "main", "thread-id", "7"),
                    StreamInfo.TRANSIT_FORMAT),
                start));
  }

  UUID id() {
    return source.streamId();
  }

  UUID processId() {
    return source.processId();
  }

  static SpanDescriptor span(String name, int line) {
    return new SpanDescriptor(name, "app", "app", "main.rs", line, 2);
  }

  /// Ticks.
  static long seconds(long seconds) {
    return seconds * 1_000_000_000;
  }

  /// Stores what was written as a block.
  UUID block(Instant inserted, long beginSeconds, long endSeconds) {
    int events = writer.events();
    return store(inserted, beginSeconds, endSeconds, events, PayloadCodec.encode(writer.finish()));
  }

  /// Forgets what was written, as if its block had never arrived.
  void lost() {
    sizes.add(writer.events());
    writer.finish();
  }

  UUID damagedBlock(Instant inserted, long beginSeconds, long endSeconds) {
    return store(inserted, beginSeconds, endSeconds, 3, new byte[] {1, 2, 3});
  }

  UUID store(Instant inserted, long beginSeconds, long endSeconds, int events, byte[] payload) {
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            source.streamId(),
            source.processId(),
            start.plusSeconds(beginSeconds),
            seconds(beginSeconds),
            start.plusSeconds(endSeconds),
            seconds(endSeconds),
            sizes.stream().mapToInt(Integer::intValue).sum(),
            events);
    sizes.add(events);
    StoredBlock block = new StoredBlock(info, payload.length, inserted);
    live.lake.objects().putIfAbsent(block.objectKey(), payload);
    live.lake.metadata().insertBlock(block);
    return info.blockId();
  }

  List<String> spans(String viewSet) {
    return spans(viewSet, TimeRange.ALL);
  }

  List<String> spans(String viewSet, TimeRange range) {
    return spans(live, viewSet, range);
  }

  /// `id parent depth name begin..end`, in seconds since the process began.
  List<String> spans(LiveLake server, String viewSet, TimeRange range) {
    long second = start.getEpochSecond();
    return server.query(
        """
        SELECT concat(id, ' ', parent, ' ', depth, ' ', name, ' ',
                      CAST("begin" AS BIGINT) // 1000000000 - %d, '..',
                      CAST("end" AS BIGINT) // 1000000000 - %d)
        FROM view_instance('%s', '%s') ORDER BY "begin", depth
        """
            .formatted(second, second, viewSet, source.streamId()),
        range);
  }
}
