package micromegas.lakehouse.blocks;

import java.util.Arrays;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;

/// Decodes the spans of a native `cpu` block. Thread-safe.
public final class ThreadSpanReader {
  private static final int UNKNOWN = -1;

  private final ThreadSpanEvents types = new ThreadSpanEvents();

  /// The events of a block, one entry per object.
  ///
  /// @param payload bytes of the stored object
  /// @param clock of the block's process
  /// @throws micromegas.common.CorruptDataException when the block does not follow its format
  public SpanEvents read(
      SourceBlock source, byte[] payload, TickConverter clock, DecodeScratch scratch) {
    try {
      return new Run(scratch.open(source, payload, types), clock).read();
    } catch (CorruptBlockException e) {
      throw OpenBlock.corrupt(source, e);
    }
  }

  /// One pass over one block. Hot code.
  private static final class Run {
    private final OpenBlock<ThreadSpanEvents.Fields> block;
    private final EventPlan<ThreadSpanEvents.Fields> plan;
    private final TickConverter clock;
    private final DependencyTable dependencies;
    private final ObjectCursor cursor;
    private final CallSites sites;
    private final SpanEvents events = new SpanEvents();

    /// By site of the block: its ordinal in the table of the events.
    private int[] known = new int[256];

    Run(OpenBlock<ThreadSpanEvents.Fields> block, TickConverter clock) {
      this.block = block;
      this.plan = block.plan;
      this.clock = clock;
      this.dependencies = block.dependencies;
      this.cursor = block.cursor;
      this.sites = block.scratch.sites;
      sites.begin(plan.dependencyTypes());
      Arrays.fill(known, UNKNOWN);
    }

    SpanEvents read() {
      while (cursor.next()) {
        ThreadSpanEvents.Fields fields = plan.fields(cursor.type());
        switch (fields.reader) {
          case ThreadSpanEvents.BEGIN -> events.begin(plain(fields), time(fields));
          case ThreadSpanEvents.END -> events.end(plain(fields), time(fields));
          case ThreadSpanEvents.NAMED_BEGIN -> events.begin(named(fields), time(fields));
          case ThreadSpanEvents.NAMED_END -> events.end(named(fields), time(fields));
          default -> {
            events.skip();
            block.skip(fields);
          }
        }
      }
      return events;
    }

    private long time(ThreadSpanEvents.Fields fields) {
      return clock.toNanos(cursor.getLong(fields.time));
    }

    private int plain(ThreadSpanEvents.Fields fields) {
      return own(sites.of(dependencies.requireRecord(cursor.getLong(fields.site))));
    }

    private int named(ThreadSpanEvents.Fields fields) {
      int location = dependencies.requireRecord(cursor.getLong(fields.site));
      int name = dependencies.requireText(cursor.getLong(fields.name));
      return own(sites.of(location, name));
    }

    private int own(int site) {
      if (site >= known.length) {
        int before = known.length;
        known = Arrays.copyOf(known, Math.max(2 * before, sites.size()));
        Arrays.fill(known, before, known.length, UNKNOWN);
      }
      int own = known[site];
      return own != UNKNOWN ? own : firstUse(site);
    }

    private int firstUse(int site) {
      CallSiteTable table = events.sites();
      int own =
          table.add(
              sites.hash(site),
              sites.line(site),
              text(sites.name(site)),
              text(sites.target(site)),
              text(sites.file(site)));
      known[site] = own;
      return own;
    }

    private int text(int text) {
      return events
          .sites()
          .text(dependencies.texts(), dependencies.textBegin(text), dependencies.textLength(text));
    }
  }
}
