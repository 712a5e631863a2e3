package micromegas.lakehouse.fresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.LocalFiles.Pinned;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.fresh.Segments.Key;
import micromegas.lakehouse.fresh.Segments.Period;
import micromegas.lakehouse.fresh.Segments.Segment;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.ScratchFiles;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// The tail: acknowledged blocks that no partition covers, as local Parquet files that live as long
/// as this process. Thread-safe.
///
/// A segment holds the rows of an exact set of blocks that were inserted in one minute. A query for
/// more blocks of that minute reuses the segments whose blocks it wants all, and decodes only the
/// rest; when a minute falls into too many segments they are written again as one. Blocks of chains
/// are kept by the hour of their first block: in files that grow with them where the view can, else
/// in one segment that is written again whenever a block is added; a few versions stay, for queries
/// of different ranges.
public final class TailSegments implements AutoCloseable {
  /// Bytes of segments on disk above which the least recently used ones are deleted.
  public static final long DEFAULT_MAX_BYTES = 1L << 30;

  /// Segments of one minute above which they are written again as one.
  private static final int MAX_PER_MINUTE = 6;

  private final BlockFileWriter writer;
  private final Path folder;
  private final Segments segments;
  private final GrowingGroups growing;

  /// @param folder of this process alone; what an earlier process left in it is deleted
  public TailSegments(BlockFileWriter writer, Path folder, long maxBytes) {
    this.writer = writer;
    this.folder = folder;
    this.segments = new Segments(maxBytes);
    this.growing = new GrowingGroups(writer, segments);
    ScratchFiles.deleteAll(folder);
    createFolder();
  }

  /// The rows of `blocks` as files that stay in place until closed.
  ///
  /// @param range event times that matter; files without such rows are left out
  /// @throws UnavailableException when a payload or the folder cannot be reached
  public List<Pinned> pin(View view, List<SourceBlock> blocks, TimeRange range) {
    List<Pinned> pins = new ArrayList<>();
    try {
      Map<Instant, List<SourceBlock>> byMinute =
          blocks.stream()
              .collect(
                  Collectors.groupingBy(
                      block -> block.block().insertTime().truncatedTo(ChronoUnit.MINUTES),
                      TreeMap::new,
                      Collectors.toList()));
      for (Map.Entry<Instant, List<SourceBlock>> entry : byMinute.entrySet()) {
        Parallel.checkInterrupted();
        pinMinute(new Key(view.id(), entry.getKey()), view, entry.getValue(), range, pins);
      }
      return pins;
    } catch (RuntimeException e) {
      pins.forEach(Pinned::close);
      throw e;
    }
  }

  /// The rows of blocks that must be read together, as files that stay in place until closed, in
  /// the order of the rows; those without rows in `range` are left out.
  ///
  /// @param group blocks of one hour of insert time, in the order in which they are read
  /// @throws UnavailableException when a payload or the folder cannot be reached
  public List<Pinned> pinGroup(View view, List<SourceBlock> group, TimeRange range) {
    Instant hour = group.getFirst().block().insertTime().truncatedTo(ChronoUnit.HOURS);
    Key key = new Key(view.id(), hour);
    Period period = segments.enter(key);
    try {
      lock(period, key);
      try {
        List<Segment> found =
            growing
                .segments(key, period, view, group, () -> target(view))
                .orElseGet(() -> List.of(groupSegment(period, view, group)));
        try {
          return found.stream().filter(segment -> segment.meets(range)).map(segments::pin).toList();
        } finally {
          segments.release(found);
        }
      } finally {
        period.building.unlock();
      }
    } finally {
      segments.leave(key, period);
    }
  }

  /// The segment of exactly these blocks, acquired once; the oldest others of the hour are dropped.
  private Segment groupSegment(Period period, View view, List<SourceBlock> group) {
    Set<UUID> wanted = ids(group);
    List<Segment> versions = segments.of(period);
    for (Segment segment : versions) {
      if (segment.blockIds().equals(wanted) && segments.acquire(List.of(segment))) {
        return segment;
      }
    }
    int surplus = Math.max(0, versions.size() + 1 - versions(view));
    Segment whole = segments.keep(period, write(view, group));
    segments.drop(versions.subList(0, surplus));
    return whole;
  }

  /// Queries of a stored instance want all blocks of the hour; those of others, what they ask for.
  private static int versions(View view) {
    return view.source() instanceof ViewSource.Chains chains && chains.stitched()
        ? MAX_PER_MINUTE
        : 1;
  }

  private static void lock(Period period, Key key) {
    try {
      period.building.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for the tail of " + key, e);
    }
  }

  private void pinMinute(
      Key key, View view, List<SourceBlock> blocks, TimeRange range, List<Pinned> pins) {
    Period minute = segments.enter(key);
    try {
      lock(minute, key);
      try {
        List<Segment> found = reusable(minute, ids(blocks));
        try {
          complete(minute, view, blocks, found);
          for (Segment segment : found) {
            if (segment.meets(range)) {
              pins.add(segments.pin(segment));
            }
          }
        } finally {
          segments.release(found);
        }
      } finally {
        minute.building.unlock();
      }
    } finally {
      segments.leave(key, minute);
    }
  }

  /// Segments whose blocks are all wanted, each acquired once.
  private List<Segment> reusable(Period minute, Set<UUID> wanted) {
    List<Segment> found = new ArrayList<>();
    for (Segment segment : segments.of(minute)) {
      if (!segment.blockIds().isEmpty()
          && wanted.containsAll(segment.blockIds())
          && segments.acquire(List.of(segment))) {
        found.add(segment);
      }
    }
    return found;
  }

  /// Decodes what `found` do not hold yet and adds it to them.
  private void complete(Period minute, View view, List<SourceBlock> blocks, List<Segment> found) {
    Set<UUID> held = new HashSet<>();
    found.forEach(segment -> held.addAll(segment.blockIds()));
    List<SourceBlock> missing =
        blocks.stream().filter(block -> !held.contains(block.block().info().blockId())).toList();
    if (missing.isEmpty()) {
      return;
    }
    if (found.size() >= MAX_PER_MINUTE) {
      Segment whole = write(view, blocks);
      segments.drop(found);
      segments.release(found);
      found.clear();
      found.add(segments.keep(minute, whole));
    } else {
      found.add(segments.keep(minute, write(view, missing)));
    }
  }

  private Segment write(View view, List<SourceBlock> blocks) {
    return new Segment(ids(blocks), writer.write(view, blocks, target(view)).file());
  }

  private Path target(View view) {
    return folder.resolve(view.id().viewSet() + "-" + UUID.randomUUID() + ".parquet");
  }

  private void createFolder() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UnavailableException("cannot use the folder " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Set<UUID> ids(List<SourceBlock> blocks) {
    return blocks.stream().map(b -> b.block().info().blockId()).collect(Collectors.toSet());
  }

  /// Frees what was kept to go on with groups that grow. The files stay until the next process.
  @Override
  public void close() {
    growing.close();
  }
}
