package micromegas.tracing.uplink;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import micromegas.tracing.record.Chunk;
import micromegas.tracing.record.Reference;
import micromegas.tracing.site.SiteTable;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.BlockPayload;
import micromegas.transit.Dependency;
import micromegas.transit.DependencyWriter;
import micromegas.transit.LittleEndian;
import micromegas.transit.Lz4FrameWriter;
import micromegas.transit.ObjectCursor;
import org.jspecify.annotations.Nullable;

/// The events of one block while it is put together. Keeps its memory from block to block. Used by
/// one thread at a time.
///
/// Hot code: the walk that counts and collects costs 1 to 2 ns per event, compression 40.
final class BlockAssembler {
  private static final int FIRST_BYTES = 64 * 1024;
  private static final int KEPT_BYTES = 4 * 1024 * 1024;

  private final EventLayout layout;
  private final DependencyWriter dependencies;
  private final Lz4FrameWriter compressor;
  private final ObjectCursor cursor = new ObjectCursor();
  private final Map<Long, Dependency> references = new HashMap<>();
  private final SiteTable sites;
  private byte[] raw = new byte[FIRST_BYTES];
  private int size;
  private int events;
  private long firstTicks;
  private long lastTicks;

  BlockAssembler(StreamKind kind, EventLayout layout, Lz4FrameWriter compressor, SiteTable sites) {
    this.layout = layout;
    this.dependencies = layout.newDependencies(kind);
    this.compressor = compressor;
    this.sites = sites;
  }

  /// Appends whole events. What they refer to must be added too, before [#finish].
  void add(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > raw.length - size) {
      raw = Arrays.copyOf(raw, Math.max(size + length, 2 * raw.length));
    }
    System.arraycopy(bytes, from, raw, size, length);
    size += length;
  }

  /// Knows what the events of a chunk refer to.
  void addReferences(Chunk chunk) {
    for (@Nullable Reference reference : chunk.references()) {
      if (reference != null) {
        references.put(reference.id(), reference.dependency());
      }
    }
  }

  /// Uncompressed bytes so far.
  int size() {
    return size;
  }

  /// Walks the events; afterwards their number and ticks are known.
  void walk() {
    cursor.reset(layout.types(), raw, 0, size);
    long lastSite = 0;
    long lastSecond = 0;
    int count = 0;
    long first = 0;
    long last = 0;
    while (cursor.next()) {
      int type = cursor.type();
      int begin = cursor.begin();
      long ticks = LittleEndian.getLong(raw, begin + layout.ticksAt(type));
      if (count++ == 0) {
        first = ticks;
        last = ticks;
      } else if (ticks - last > 0) {
        last = ticks;
      } else if (ticks - first < 0) {
        first = ticks; // begins may be written later than what is inside
      }
      if (layout.hasIds()) {
        long site = LittleEndian.getLong(raw, begin);
        if (site != lastSite) {
          require(site);
          lastSite = site;
        }
        int second = layout.secondIdAt(type);
        if (second >= 0) {
          long id = LittleEndian.getLong(raw, begin + second);
          if (id != lastSecond) {
            require(id);
            lastSecond = id;
          }
        }
      }
    }
    events = count;
    firstTicks = first;
    lastTicks = last;
  }

  private void require(long id) {
    if (dependencies.has(id)) {
      return;
    }
    Dependency dependency = sites.dependency(id);
    if (dependency == null) {
      dependency = references.get(id);
    }
    if (dependency == null) {
      throw new IllegalStateException("an event refers to the unknown id " + id);
    }
    dependencies.put(id, dependency);
  }

  /// Events of the block, after [#walk].
  int events() {
    return events;
  }

  /// The earliest ones.
  long firstTicks() {
    return firstTicks;
  }

  /// The latest ones.
  long lastTicks() {
    return lastTicks;
  }

  /// Looks for root spans among the events.
  void findRoots(RootSpans roots, RootSpans.Nesting nesting) {
    roots.walk(layout, raw, size, nesting);
  }

  /// Compresses the block and starts the next one.
  BlockPayload finish() {
    BlockPayload payload =
        new BlockPayload(
            compressor.compress(dependencies.bytes(), dependencies.size()),
            compressor.compress(raw, size));
    clear();
    return payload;
  }

  /// Forgets the events.
  void clear() {
    dependencies.clear();
    references.clear();
    size = 0;
    events = 0;
    if (raw.length > KEPT_BYTES) {
      raw = new byte[FIRST_BYTES];
    }
  }
}
