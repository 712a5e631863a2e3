package micromegas.lakehouse.spans;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import micromegas.lakehouse.blocks.CallSiteTable;
import org.jspecify.annotations.Nullable;

/// Rows of one chain, appended in order; their ends may become known later. The newest chunks are
/// in memory, older ones in a scratch file. Not thread-safe; reusable after [#clear].
///
/// Methods throw [micromegas.common.UnavailableException] when the scratch file fails.
final class SpanStore implements AutoCloseable {
  private static final int UNKNOWN = -1;

  /// Chunks in memory, at least, where many rows may be.
  private static final int CHUNKS = 16;

  private final Path folder;
  private final int chunkRows;
  private final int memoryChunks;
  private final List<Slot> slots = new ArrayList<>();
  private final List<SpanChunk> idle = new ArrayList<>();

  /// Rows whose call site was replaced after their chunk had been written, in the order of the
  /// replacements.
  private final List<Replacement> replacements = new ArrayList<>();

  private final CallSiteTable replacingSites = new CallSiteTable();
  private @Nullable SpillFile file;
  private int firstInMemory;
  private SpanChunk current = new SpanChunk();
  private long currentFirst;
  private long size;

  // Where the sites of the present source are in the current chunk.
  private CallSiteTable source = new CallSiteTable();
  private int[] known = new int[64];

  /// A chunk that is complete.
  private static final class Slot {
    final long firstRow;
    @Nullable SpanChunk chunk;
    SpillFile.@Nullable Place place;

    Slot(long firstRow, SpanChunk chunk) {
      this.firstRow = firstRow;
      this.chunk = chunk;
    }
  }

  private record Replacement(int slot, int row, int site) {}

  /// @param memoryRows rows of complete chunks that are kept in memory, about
  SpanStore(Path folder, int memoryRows) {
    this.folder = folder;
    this.chunkRows = Math.clamp(memoryRows / CHUNKS, 1, SpanChunk.MAX_ROWS);
    this.memoryChunks = Math.ceilDiv(memoryRows, chunkRows);
  }

  /// Rows so far.
  long size() {
    return size;
  }

  /// Says whose call sites the next rows refer to.
  void source(CallSiteTable sites) {
    source = sites;
    forgetSites();
  }

  /// Appends a row.
  ///
  /// @param site of the present source
  /// @return its index
  long append(long id, int depth, int site, long begin, long end) {
    if (current.isFull(chunkRows)) {
      completeCurrent();
    }
    SpanChunk chunk = current;
    int row = chunk.size;
    if (row == chunk.ids.length) {
      chunk.reserve(row + 1);
    }
    int own = known[site];
    if (own == UNKNOWN) {
      own = chunk.sites.copy(source, site);
      known[site] = own;
    }
    chunk.ids[row] = id;
    chunk.begins[row] = begin;
    chunk.ends[row] = end;
    chunk.depths[row] = depth;
    chunk.rowSites[row] = own;
    chunk.size = row + 1;
    return size++;
  }

  /// Sets the end of a row.
  void setEnd(long row, long end) {
    if (row >= currentFirst) {
      current.ends[(int) (row - currentFirst)] = end;
      return;
    }
    Slot slot = slots.get(slotOf(row));
    int index = (int) (row - slot.firstRow);
    if (slot.chunk != null) {
      slot.chunk.ends[index] = end;
    } else {
      file().setEnd(place(slot), index, end);
    }
  }

  /// Makes a row that of another span, except for its begin and depth.
  ///
  /// @param site of the present source
  void replace(long row, long id, int site, long end) {
    setEnd(row, end);
    if (row >= currentFirst) {
      int index = (int) (row - currentFirst);
      current.ids[index] = id;
      current.rowSites[index] = current.sites.copy(source, site);
      return;
    }
    int number = slotOf(row);
    Slot slot = slots.get(number);
    int index = (int) (row - slot.firstRow);
    if (slot.chunk != null) {
      slot.chunk.ids[index] = id;
      slot.chunk.rowSites[index] = slot.chunk.sites.copy(source, site);
    } else {
      file().setId(place(slot), index, id);
      replacements.add(new Replacement(number, index, replacingSites.copy(source, site)));
    }
  }

  /// Number of chunks; they hold all rows in order.
  int chunks() {
    return slots.size() + 1;
  }

  /// Index of the first row of a chunk.
  long firstRow(int chunk) {
    return chunk < slots.size() ? slots.get(chunk).firstRow : currentFirst;
  }

  /// The chunk that holds a row, or the next one.
  int chunkOf(long row) {
    return row >= currentFirst ? slots.size() : slotOf(row);
  }

  /// A chunk, from memory or read into `buffer`; valid until the store or the buffer changes.
  SpanChunk chunk(int number, SpanChunk buffer) {
    if (number == slots.size()) {
      return current;
    }
    Slot slot = slots.get(number);
    if (slot.chunk != null) {
      return slot.chunk;
    }
    file().read(place(slot), buffer);
    for (Replacement replacement : replacements) {
      if (replacement.slot() == number) {
        buffer.rowSites[replacement.row()] = buffer.sites.copy(replacingSites, replacement.site());
      }
    }
    return buffer;
  }

  /// Drops all rows and keeps some memory for the next ones.
  void clear() {
    for (Slot slot : slots) {
      if (slot.chunk != null) {
        recycle(slot.chunk);
      }
    }
    slots.clear();
    replacements.clear();
    replacingSites.clear();
    firstInMemory = 0;
    current.clear();
    currentFirst = 0;
    size = 0;
    forgetSites();
    close();
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  private void completeCurrent() {
    slots.add(new Slot(currentFirst, current));
    if (slots.size() - firstInMemory > memoryChunks) {
      Slot oldest = slots.get(firstInMemory++);
      SpanChunk chunk = java.util.Objects.requireNonNull(oldest.chunk);
      oldest.place = file().write(chunk);
      oldest.chunk = null;
      recycle(chunk);
    }
    current = idle.isEmpty() ? new SpanChunk() : idle.removeLast();
    currentFirst = size;
    forgetSites();
  }

  private void recycle(SpanChunk chunk) {
    if (idle.isEmpty()) {
      chunk.clear();
      idle.add(chunk);
    }
  }

  private void forgetSites() {
    int sites = source.size();
    if (sites > known.length) {
      known = new int[Math.max(sites, 2 * known.length)];
    }
    Arrays.fill(known, 0, sites, UNKNOWN);
  }

  private int slotOf(long row) {
    int low = 0;
    int high = slots.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (slots.get(middle).firstRow <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private SpillFile file() {
    if (file == null) {
      file = new SpillFile(folder);
    }
    return file;
  }

  private static SpillFile.Place place(Slot slot) {
    return java.util.Objects.requireNonNull(slot.place);
  }
}
