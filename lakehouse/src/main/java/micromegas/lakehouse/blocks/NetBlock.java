package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;

/// The events of one block of a network stream, as columns. Does not change after [#decode].
public final class NetBlock {
  /// What an event does to the stack of open spans.
  public enum Action {
    BEGIN,
    END,
    PROPERTY
  }

  private static final EventTypes<NetEvents.Fields> TYPES = new NetEvents();
  private static final Action[] ACTIONS = Action.values();
  private static final NetSpanKind[] KINDS = NetSpanKind.values();

  /// Action and kind of each event: `4 * action + kind`.
  private final IntColumn codes = new IntColumn();

  private final IntColumn positions = new IntColumn();
  private final LongColumn times = new LongColumn();
  private final IntColumn bits = new IntColumn();
  private final IntColumn outgoing = new IntColumn();
  private final DictionaryColumn names = new DictionaryColumn();

  private NetBlock() {}

  /// @throws micromegas.common.CorruptDataException when the block does not follow its format
  public static NetBlock decode(
      SourceBlock source, byte[] payload, TickConverter clock, DecodeScratch scratch) {
    try {
      NetBlock events = new NetBlock();
      events.read(scratch.open(source, payload, TYPES), clock);
      return events;
    } catch (CorruptBlockException e) {
      throw OpenBlock.corrupt(source, e);
    }
  }

  private void read(OpenBlock<NetEvents.Fields> block, TickConverter clock) {
    ObjectCursor cursor = block.cursor;
    DependencyTable dependencies = block.dependencies;
    TextIndex nameIndex = block.scratch.names;
    nameIndex.begin(names);
    int none = names.intern(new byte[0]);
    for (int position = 0; cursor.next(); position++) {
      NetEvents.Fields fields = block.plan.fields(cursor.type());
      boolean named = fields.reader != NetEvents.END;
      switch (fields.reader) {
        case NetEvents.BEGIN -> {
          code(Action.BEGIN, fields.kind);
          bits.append(0);
        }
        case NetEvents.END -> {
          code(Action.END, fields.kind);
          bits.append(cursor.getInt(fields.bitSize));
        }
        case NetEvents.PROPERTY -> {
          code(Action.PROPERTY, fields.kind);
          bits.append(cursor.getInt(fields.bitSize));
        }
        default -> {
          block.skip(fields);
          continue;
        }
      }
      positions.append(position);
      times.append(clock.toNanos(cursor.getLong(fields.time)));
      outgoing.append(
          fields.outgoing == micromegas.transit.FieldAccess.ABSENT
              ? 0
              : cursor.getInt(fields.outgoing));
      names.appendIndex(
          named ? nameIndex.of(dependencies.requireText(cursor.getLong(fields.name))) : none);
    }
  }

  private void code(Action action, NetSpanKind kind) {
    codes.append(4 * action.ordinal() + kind.ordinal());
  }

  /// Number of events that are known.
  public int size() {
    return codes.size();
  }

  public Action action(int event) {
    return ACTIONS[codes.get(event) >> 2];
  }

  public NetSpanKind kind(int event) {
    return KINDS[codes.get(event) & 3];
  }

  /// Position among all objects of the block.
  public int position(int event) {
    return positions.get(event);
  }

  /// Nanoseconds since 1970.
  public long time(int event) {
    return times.get(event);
  }

  /// Size in bits, framing included; of ends and properties.
  public long bits(int event) {
    return Integer.toUnsignedLong(bits.get(event));
  }

  /// Of begins of connections; false for all others.
  public boolean isOutgoing(int event) {
    return outgoing.get(event) != 0;
  }

  /// Where the name of a begin or property lies: an entry of [#names].
  public int name(int event) {
    return names.indices()[event];
  }

  /// The distinct names, as UTF-8.
  public BytesColumn names() {
    return names.dictionary();
  }
}
