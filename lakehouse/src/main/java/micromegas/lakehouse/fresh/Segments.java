package micromegas.lakehouse.fresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.LocalFiles.Pinned;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.materialize.ScratchFiles;
import micromegas.lakehouse.view.ViewId;
import org.jspecify.annotations.Nullable;

/// The files of the tail: who uses them, and which ones have to go when they take too much room.
/// Thread-safe.
final class Segments {
  private final long maxBytes;
  private final Map<Key, Period> periods = new HashMap<>(); // guarded by itself, with all below
  private long bytes;
  private long clock;

  Segments(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Blocks of a view that were inserted in one minute or, for groups, in one hour.
  record Key(ViewId view, Instant begin) {}

  /// The segments of a [Key].
  static final class Period {
    /// Held by whoever decodes blocks of the period.
    final ReentrantLock building = new ReentrantLock();

    private final List<Segment> segments = new ArrayList<>();
    private int users;
  }

  /// A file, or the absence of rows.
  static final class Segment {
    private final Set<UUID> blockIds;
    private final Optional<Path> path;
    private final long bytes;
    private final Optional<TimeRange> eventTime;
    private @Nullable Period owner;
    private int users;
    private long lastUse;
    private boolean retired;

    /// @param blockIds the blocks whose rows, and no others, it holds; none when it holds some rows
    ///   of some blocks
    Segment(Set<UUID> blockIds, PartitionFile file) {
      this.blockIds = Set.copyOf(blockIds);
      this.path = file.path();
      this.bytes = path.map(Segment::size).orElse(0L);
      this.eventTime = file.eventTime();
    }

    private static long size(Path path) {
      try {
        return Files.size(path);
      } catch (IOException e) {
        throw new UnavailableException("cannot read " + path, e);
      }
    }

    Set<UUID> blockIds() {
      return blockIds;
    }

    boolean meets(TimeRange range) {
      return path.isPresent()
          && eventTime.map(own -> range.overlaps(own.beginNanos(), own.endNanos())).orElse(true);
    }
  }

  /// Starts to use a period; [#leave] ends that.
  Period enter(Key key) {
    synchronized (periods) {
      Period period = periods.computeIfAbsent(key, k -> new Period());
      period.users++;
      return period;
    }
  }

  void leave(Key key, Period period) {
    synchronized (periods) {
      period.users--;
      if (period.users == 0 && period.segments.isEmpty()) {
        periods.remove(key);
      }
    }
  }

  /// The segments of a period, oldest first.
  List<Segment> of(Period period) {
    synchronized (periods) {
      return List.copyOf(period.segments);
    }
  }

  /// Keeps segments from being deleted, until [#release].
  ///
  /// @return false, and nothing is kept, when one has been deleted already
  boolean acquire(Collection<Segment> segments) {
    synchronized (periods) {
      for (Segment segment : segments) {
        if (segment.retired) {
          return false;
        }
      }
      for (Segment segment : segments) {
        segment.users++;
        segment.lastUse = ++clock;
      }
      return true;
    }
  }

  void release(Collection<Segment> segments) {
    synchronized (periods) {
      for (Segment segment : segments) {
        segment.users--;
        deleteUnused(segment);
      }
    }
  }

  /// Adds a segment, acquired once; others may have to go.
  Segment keep(Period period, Segment segment) {
    synchronized (periods) {
      period.segments.add(segment);
      segment.owner = period;
      bytes += segment.bytes;
      segment.users++;
      segment.lastUse = ++clock;
      evict();
      return segment;
    }
  }

  /// Takes segments out; their files go when nobody uses them.
  void drop(Collection<Segment> segments) {
    synchronized (periods) {
      for (Segment segment : segments) {
        retire(segment);
      }
    }
  }

  /// The file of a segment that is acquired, until it is closed.
  Pinned pin(Segment segment) {
    synchronized (periods) {
      segment.users++;
    }
    return new SegmentPin(segment);
  }

  /// Deletes least recently used segments that nobody reads; called with the monitor held.
  private void evict() {
    while (bytes > maxBytes) {
      Optional<Segment> oldest =
          periods.values().stream()
              .flatMap(period -> period.segments.stream())
              .filter(segment -> segment.users == 0 && segment.bytes > 0)
              .min((a, b) -> Long.compare(a.lastUse, b.lastUse));
      if (oldest.isEmpty()) {
        return;
      }
      retire(oldest.get());
    }
  }

  private void retire(Segment segment) {
    if (segment.owner != null && segment.owner.segments.remove(segment)) {
      bytes -= segment.bytes;
      segment.retired = true;
      deleteUnused(segment);
    }
  }

  private static void deleteUnused(Segment segment) {
    if (segment.retired && segment.users == 0) {
      segment.path.ifPresent(ScratchFiles::delete);
    }
  }

  private final class SegmentPin implements Pinned {
    private final Segment segment;
    private boolean closed; // guarded by periods

    SegmentPin(Segment segment) {
      this.segment = segment;
    }

    @Override
    public Path path() {
      return segment.path.orElseThrow();
    }

    @Override
    public void close() {
      synchronized (periods) {
        if (!closed) {
          closed = true;
          release(List.of(segment));
        }
      }
    }
  }
}
