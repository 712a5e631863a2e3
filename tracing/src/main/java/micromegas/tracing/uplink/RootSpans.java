package micromegas.tracing.uplink;

import java.util.LinkedHashMap;
import java.util.Map;
import micromegas.transit.EventRecords;
import micromegas.transit.LittleEndian;
import micromegas.transit.ObjectCursor;

/// Finds spans that have none around them, across blocks. Used by one thread at a time.
final class RootSpans {
  /// Async root spans whose ends have not been seen; the oldest are forgotten.
  private static final int MAX_OPEN = 4_096;

  /// Takes what was found.
  interface Listener {
    void rootSpan(long site, long beginTicks, long endTicks);
  }

  /// The nesting of one stream, from block to block.
  static final class Nesting {
    private int depth;
    private long begin;
  }

  private final Listener listener;
  private final ObjectCursor cursor = new ObjectCursor();

  /// Ticks of the begins, by span id: the end may be in another stream.
  private final Map<Long, Long> open =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > MAX_OPEN;
        }
      };

  RootSpans(Listener listener) {
    this.listener = listener;
  }

  /// Walks the events of a block.
  void walk(EventLayout layout, byte[] events, int size, Nesting nesting) {
    cursor.reset(layout.types(), events, 0, size);
    while (cursor.next()) {
      int at = cursor.begin();
      byte type = (byte) cursor.type();
      long ticks = LittleEndian.getLong(events, at + layout.ticksAt(type));
      switch (type) {
        case EventRecords.BEGIN_SPAN, EventRecords.BEGIN_NAMED_SPAN -> {
          if (nesting.depth++ == 0) {
            nesting.begin = ticks;
          }
        }
        case EventRecords.END_SPAN, EventRecords.END_NAMED_SPAN -> {
          if (nesting.depth > 0 && --nesting.depth == 0) {
            listener.rootSpan(LittleEndian.getLong(events, at), nesting.begin, ticks);
          }
        }
        case EventRecords.BEGIN_ASYNC_SPAN -> begin(events, at + 8, ticks);
        case EventRecords.BEGIN_NAMED_ASYNC_SPAN -> begin(events, at + 16, ticks);
        case EventRecords.END_ASYNC_SPAN -> end(events, at, at + 8, ticks);
        case EventRecords.END_NAMED_ASYNC_SPAN -> end(events, at, at + 16, ticks);
        default -> {}
      }
    }
  }

  /// @param ids where span id and parent id are
  private void begin(byte[] events, int ids, long ticks) {
    if (LittleEndian.getLong(events, ids + 8) == 0) {
      open.put(LittleEndian.getLong(events, ids), ticks);
    }
  }

  private void end(byte[] events, int at, int ids, long ticks) {
    if (LittleEndian.getLong(events, ids + 8) == 0) {
      Long begin = open.remove(LittleEndian.getLong(events, ids));
      if (begin != null) {
        listener.rootSpan(LittleEndian.getLong(events, at), begin, ticks);
      }
    }
  }
}
