package micromegas.lakehouse.fresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.LocalFiles.Pinned;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.ScratchFiles;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSource;

/// The tail: acknowledged blocks that no partition covers, as local Parquet files that live as long
/// as this process. Thread-safe.
///
/// A segment holds the rows of an exact set of blocks that were inserted in one minute. A query for
/// more blocks of that minute reuses the segments whose blocks it wants all, and decodes only the
/// rest; when a minute falls into too many segments they are written again as one. Blocks of chains
/// are kept by the hour of their first block, in one segment that is written again whenever a block
/// is added; a few versions stay, for queries of different ranges.
public final class TailSegments {
  /// Bytes of segments on disk above which the least recently used ones are deleted.
  public static final long DEFAULT_MAX_BYTES = 1L << 30;

  /// Segments of one minute above which they are written again as one.
  private static final int MAX_PER_MINUTE = 6;

  private final BlockFileWriter writer;
  private final Path folder;
  private final long maxBytes;
  private final Map<Key, Minute> minutes = new HashMap<>(); // guarded by itself, with all below
  private long bytes;
  private long clock;

  /// @param folder of this process alone; what an earlier process left in it is deleted
  public TailSegments(BlockFileWriter writer, Path folder, long maxBytes) {
    this.writer = writer;
    this.folder = folder;
    this.maxBytes = maxBytes;
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

  /// The rows of blocks that must be read together, as a file that stays in place until closed;
  /// empty when none of them is in `range`.
  ///
  /// @param group blocks of one hour of insert time, in the order in which they are read
  /// @throws UnavailableException when a payload or the folder cannot be reached
  public Optional<Pinned> pinGroup(View view, List<SourceBlock> group, TimeRange range) {
    Instant hour = group.getFirst().block().insertTime().truncatedTo(ChronoUnit.HOURS);
    Key key = new Key(view.id(), hour);
    Minute minute = enter(key);
    try {
      lock(minute, key);
      try {
        Segment whole = groupSegment(minute, view, group);
        try {
          return whole.meets(range)
              ? Optional.of(new SegmentPin(acquire(whole)))
              : Optional.empty();
        } finally {
          release(whole);
        }
      } finally {
        minute.building.unlock();
      }
    } finally {
      leave(key, minute);
    }
  }

  /// The segment of exactly these blocks, acquired once; the oldest others of the hour are dropped.
  private Segment groupSegment(Minute minute, View view, List<SourceBlock> group) {
    Set<UUID> wanted = ids(group);
    List<Segment> surplus = new ArrayList<>();
    synchronized (minutes) {
      for (Segment segment : minute.segments) {
        if (segment.blockIds.equals(wanted)) {
          return acquire(segment);
        }
      }
      for (int i = 0; i <= minute.segments.size() - versions(view); i++) {
        surplus.add(minute.segments.get(i));
      }
    }
    Segment whole = keep(minute, write(view, group));
    drop(minute, surplus);
    return whole;
  }

  /// Queries of a stored instance want all blocks of the hour; those of others, what they ask for.
  private static int versions(View view) {
    return view.source() instanceof ViewSource.Chains chains && chains.stitched()
        ? MAX_PER_MINUTE
        : 1;
  }

  private static void lock(Minute minute, Key key) {
    try {
      minute.building.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for the tail of " + key, e);
    }
  }

  private void pinMinute(
      Key key, View view, List<SourceBlock> blocks, TimeRange range, List<Pinned> pins) {
    Minute minute = enter(key);
    try {
      lock(minute, key);
      try {
        List<Segment> segments = reusable(minute, ids(blocks));
        try {
          complete(minute, view, blocks, segments);
          for (Segment segment : segments) {
            if (segment.meets(range)) {
              pins.add(new SegmentPin(acquire(segment)));
            }
          }
        } finally {
          segments.forEach(this::release);
        }
      } finally {
        minute.building.unlock();
      }
    } finally {
      leave(key, minute);
    }
  }

  /// Segments whose blocks are all wanted, each acquired once.
  private List<Segment> reusable(Minute minute, Set<UUID> wanted) {
    synchronized (minutes) {
      List<Segment> found = new ArrayList<>();
      for (Segment segment : minute.segments) {
        if (wanted.containsAll(segment.blockIds)) {
          found.add(acquire(segment));
        }
      }
      return found;
    }
  }

  /// Decodes what `segments` do not hold yet and adds it to them.
  private void complete(
      Minute minute, View view, List<SourceBlock> blocks, List<Segment> segments) {
    Set<UUID> held = new HashSet<>();
    segments.forEach(segment -> held.addAll(segment.blockIds));
    List<SourceBlock> missing =
        blocks.stream().filter(block -> !held.contains(block.block().info().blockId())).toList();
    if (missing.isEmpty()) {
      return;
    }
    if (segments.size() >= MAX_PER_MINUTE) {
      Segment whole = write(view, blocks);
      drop(minute, segments);
      segments.forEach(this::release);
      segments.clear();
      segments.add(keep(minute, whole));
    } else {
      segments.add(keep(minute, write(view, missing)));
    }
  }

  private Segment write(View view, List<SourceBlock> blocks) {
    Path target = folder.resolve(view.id().viewSet() + "-" + UUID.randomUUID() + ".parquet");
    BlockFileWriter.Written written = writer.write(view, blocks, target);
    Optional<Path> path = written.file().path();
    return new Segment(
        ids(blocks), path, path.map(TailSegments::size).orElse(0L), written.file().eventTime());
  }

  private Segment keep(Minute minute, Segment segment) {
    synchronized (minutes) {
      minute.segments.add(segment);
      segment.owner = minute;
      bytes += segment.bytes;
      acquire(segment);
      evict();
      return segment;
    }
  }

  private void drop(Minute minute, List<Segment> segments) {
    synchronized (minutes) {
      for (Segment segment : segments) {
        if (minute.segments.remove(segment)) {
          retire(segment);
        }
      }
    }
  }

  /// Deletes least recently used segments that nobody reads; called with the monitor held.
  private void evict() {
    while (bytes > maxBytes) {
      Optional<Segment> oldest =
          minutes.values().stream()
              .flatMap(minute -> minute.segments.stream())
              .filter(segment -> segment.users == 0 && segment.bytes > 0)
              .min((a, b) -> Long.compare(a.lastUse, b.lastUse));
      if (oldest.isEmpty()) {
        return;
      }
      oldest.get().owner.segments.remove(oldest.get());
      retire(oldest.get());
    }
  }

  private void retire(Segment segment) {
    bytes -= segment.bytes;
    segment.retired = true;
    deleteUnused(segment);
  }

  private Segment acquire(Segment segment) {
    synchronized (minutes) {
      segment.users++;
      segment.lastUse = ++clock;
      return segment;
    }
  }

  private void release(Segment segment) {
    synchronized (minutes) {
      segment.users--;
      deleteUnused(segment);
    }
  }

  private static void deleteUnused(Segment segment) {
    if (segment.retired && segment.users == 0) {
      segment.path.ifPresent(ScratchFiles::delete);
    }
  }

  private Minute enter(Key key) {
    synchronized (minutes) {
      Minute minute = minutes.computeIfAbsent(key, k -> new Minute());
      minute.users++;
      return minute;
    }
  }

  private void leave(Key key, Minute minute) {
    synchronized (minutes) {
      minute.users--;
      if (minute.users == 0 && minute.segments.isEmpty()) {
        minutes.remove(key);
      }
    }
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

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new UnavailableException("cannot read " + path, e);
    }
  }

  private record Key(ViewId view, Instant minute) {}

  private static final class Minute {
    final ReentrantLock building = new ReentrantLock();
    final List<Segment> segments = new ArrayList<>();
    int users;
  }

  private static final class Segment {
    final Set<UUID> blockIds;
    final Optional<Path> path; // empty when no block has a row
    final long bytes;
    final Optional<TimeRange> eventTime;
    Minute owner = new Minute();
    int users;
    long lastUse;
    boolean retired;

    Segment(Set<UUID> blockIds, Optional<Path> path, long bytes, Optional<TimeRange> eventTime) {
      this.blockIds = Set.copyOf(blockIds);
      this.path = path;
      this.bytes = bytes;
      this.eventTime = eventTime;
    }

    boolean meets(TimeRange range) {
      return path.isPresent()
          && eventTime.map(own -> range.overlaps(own.beginNanos(), own.endNanos())).orElse(true);
    }
  }

  private final class SegmentPin implements Pinned {
    private final Segment segment;
    private boolean closed; // guarded by minutes

    SegmentPin(Segment segment) {
      this.segment = segment;
    }

    @Override
    public Path path() {
      return segment.path.orElseThrow();
    }

    @Override
    public void close() {
      synchronized (minutes) {
        if (!closed) {
          closed = true;
          release(segment);
        }
      }
    }
  }
}
