package micromegas.transit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The dependencies of one block: each is written once, behind what it refers to (`wire.md` 5.5).
/// Nothing is allocated for what was written before; the memory is kept from block to block. Not
/// thread-safe.
///
/// Ids are either given by the caller, who has put them into the events already ([#put]), or chosen
/// here ([#id]). Given ids lie below [#FIRST_OWN_ID], chosen ones do not.
public final class DependencyWriter {
  /// Ids from here on belong to the writer.
  public static final long FIRST_OWN_ID = 1L << 48;

  private static final int UTF8 = 2;

  private final RecordBuffer records = new RecordBuffer();
  private final IdentityIds chosen = new IdentityIds();
  private final Map<StaticText, Long> texts = new HashMap<>();
  private final LongSet given = new LongSet();
  private final byte textType;
  private final byte descriptorType;
  private final long firstId;
  private long nextId;

  private DependencyWriter(byte textType, byte descriptorType, long firstId) {
    this.textType = textType;
    this.descriptorType = descriptorType;
    this.firstId = firstId;
    this.nextId = firstId;
  }

  /// For streams described by [ClientTypes#logDependencies] or [ClientTypes#metricDependencies].
  public static DependencyWriter ofLogsOrMetrics() {
    return new DependencyWriter(ClientTypes.STATIC_STRING, ClientTypes.DESCRIPTOR, FIRST_OWN_ID);
  }

  /// For streams described by [ClientTypes#spanDependencies].
  public static DependencyWriter ofSpans() {
    return new DependencyWriter(
        ClientTypes.SPAN_STATIC_STRING, ClientTypes.SPAN_DESCRIPTOR, FIRST_OWN_ID);
  }

  /// For a writer of whole blocks: all ids are chosen, from 1 on, because small ones compress best.
  static DependencyWriter choosingAllIds(byte textType, byte descriptorType) {
    return new DependencyWriter(textType, descriptorType, 1);
  }

  /// Whether this block has a dependency with that given id.
  public boolean has(long id) {
    return given.contains(id);
  }

  /// Writes a dependency under an id of the caller's, unless that was done before in this block.
  ///
  /// @param id 1 to [#FIRST_OWN_ID] - 1; the same for the same dependency only
  /// @throws IllegalArgumentException for another id
  public void put(long id, Dependency dependency) {
    if (id <= 0 || id >= FIRST_OWN_ID) {
      throw new IllegalArgumentException("dependency id " + id);
    }
    if (given.add(id)) {
      dependency.write(id, this);
    }
  }

  /// Uncompressed bytes so far.
  public int size() {
    return records.size();
  }

  /// The uncompressed records, [#size] bytes; valid until the next call.
  public byte[] bytes() {
    return records.bytes();
  }

  /// Starts the next block.
  public void clear() {
    records.clear();
    chosen.clear();
    given.clear();
    texts.clear();
    nextId = firstId;
  }

  /// Id of a dependency, chosen and written at its first use.
  long id(Dependency dependency) {
    long id = chosen.get(dependency);
    return id != 0 ? id : firstUse(dependency);
  }

  private long firstUse(Dependency dependency) {
    if (dependency instanceof StaticText text) {
      Long known = texts.get(text);
      if (known != null) {
        chosen.put(text, known);
        return known;
      }
      texts.put(text, nextId);
    }
    long id = nextId++;
    chosen.put(dependency, id);
    dependency.write(id, this);
    return id;
  }

  void text(long id, StaticText text) {
    byte[] utf8 = text.utf8();
    records.beginVariable(textType, 8 + utf8.length);
    records.putLong(id);
    records.put(utf8, 0, utf8.length);
  }

  void properties(long id, PropertySet set) {
    int count = set.names.size();
    for (int i = 0; i < count; i++) {
      id(set.names.get(i));
      id(set.values.get(i));
    }
    records.beginVariable(ClientTypes.PROPERTY_SET, 12 + 32 * count);
    records.putLong(id);
    records.putInt(count);
    for (int i = 0; i < count; i++) {
      reference(set.names.get(i));
      reference(set.values.get(i));
    }
  }

  void log(long id, LogDescriptor log) {
    long format = id(log.format);
    long target = id(log.target);
    long modulePath = id(log.modulePath);
    long file = id(log.file);
    records.begin(descriptorType, 48);
    records.putLong(id);
    records.putLong(format);
    records.putLong(target);
    records.putLong(modulePath);
    records.putLong(file);
    records.putInt(log.line);
    records.putInt(log.level);
  }

  void metric(long id, MetricDescriptor metric) {
    long name = id(metric.name);
    long unit = id(metric.unit);
    long target = id(metric.target);
    long file = id(metric.file);
    records.begin(descriptorType, 48);
    records.putLong(id);
    records.putLong(name);
    records.putLong(unit);
    records.putLong(target);
    records.putLong(file);
    records.putInt(metric.line);
    records.putInt(metric.verbosity);
  }

  void span(long id, SpanDescriptor span) {
    long name = id(span.name);
    long target = id(span.target);
    long modulePath = id(span.modulePath);
    long file = id(span.file);
    records.begin(descriptorType, 48);
    records.putLong(id);
    records.putLong(name);
    records.putLong(target);
    records.putLong(modulePath);
    records.putLong(file);
    records.putInt(span.line);
    records.putInt(span.verbosity);
  }

  void location(long id, SpanLocation location) {
    long target = id(location.target);
    long modulePath = id(location.modulePath);
    long file = id(location.file);
    records.begin(ClientTypes.SPAN_LOCATION, 40);
    records.putLong(id);
    records.putLong(target);
    records.putLong(modulePath);
    records.putLong(file);
    records.putInt(location.line);
    records.putInt(location.verbosity);
  }

  /// A string reference with its codec.
  private void reference(StaticText text) {
    records.putLong(id(text));
    records.putInt(text.utf8().length);
    records.putInt(UTF8);
  }

  /// A set of positive numbers; no allocation per lookup.
  private static final class LongSet {
    private long[] slots = new long[64]; // 0 = free
    private int size;

    boolean contains(long value) {
      return slots[slot(value)] == value;
    }

    boolean add(long value) {
      int slot = slot(value);
      if (slots[slot] == value) {
        return false;
      }
      slots[slot] = value;
      if (2 * ++size > slots.length) {
        long[] old = slots;
        slots = new long[2 * old.length];
        for (long kept : old) {
          if (kept != 0) {
            slots[slot(kept)] = kept;
          }
        }
      }
      return true;
    }

    void clear() {
      Arrays.fill(slots, 0);
      size = 0;
    }

    private int slot(long value) {
      int mask = slots.length - 1;
      int slot = (int) (value * 0x9e3779b97f4a7c15L >>> 40) & mask;
      while (slots[slot] != 0 && slots[slot] != value) {
        slot = slot + 1 & mask;
      }
      return slot;
    }
  }
}
