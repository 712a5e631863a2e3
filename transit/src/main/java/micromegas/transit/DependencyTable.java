package micromegas.transit;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/// The dependencies of one block: texts, descriptors and property sets by id. Entries have ordinals
/// (`0` to `size() - 1`, in the order of the buffer), so that readers keep what they derive from an
/// entry in plain arrays. Decoding makes no object per entry. Reusable; not thread-safe.
///
/// Ids come from foreign memory and may be chosen by an attacker, so the hash is seeded.
public final class DependencyTable {
  private static final byte TEXT = 0;
  private static final byte RECORD = 1;
  private static final byte PROPERTY_SET = 2;
  // How to read the entries of a type; 0 = not known yet.
  private static final byte STATIC_STRING = 1;
  private static final byte DYNAMIC_STRING = 2;
  private static final byte SET = 3;
  private static final byte FIXED = 4;

  private static final int INITIAL = 256;

  private final long seed = new SplittableRandom().nextLong();
  private final ObjectCursor cursor = new ObjectCursor();

  private int[] slots = new int[2 * INITIAL]; // open addressing; ordinal + 1, 0 = free
  private int shift = 64 - Integer.numberOfTrailingZeros(2 * INITIAL);
  private int size;
  private long[] ids = new long[INITIAL];
  private byte[] kinds = new byte[INITIAL];

  /// Begin of a text in [#texts], of a record in the buffer, of a set in [#properties].
  private int[] begins = new int[INITIAL];

  /// Bytes of a text, type index of a record, properties of a set.
  private int[] details = new int[INITIAL];

  private byte[] texts = new byte[4096];
  private int textsEnd;

  /// Pairs of ordinals: name, value.
  private int[] properties = new int[INITIAL];

  private int propertiesEnd;
  private byte[] buffer = {};
  private long lastId;
  private int lastOrdinal = -1;

  /// Decodes the dependencies in `bytes[from, to)`, replacing what was there. The bytes must not
  /// change while the table is in use.
  ///
  /// @throws CorruptBlockException for anything that `wire.md` 5.5 and 5.6 do not allow: duplicate
  ///   ids, references to unknown or later entries, damaged texts. A record may not claim bytes
  ///   behind its end (the reference lets it, so that a small block can unfold without bound)
  public void decode(TypeTable types, byte[] bytes, int from, int to) {
    clear();
    buffer = bytes;
    byte[] readers = new byte[types.addressableTypes()];
    FieldAccess[] idFields = new FieldAccess[readers.length];
    cursor.reset(types, bytes, from, to);
    while (cursor.next()) {
      int type = cursor.type();
      if (readers[type] == 0) {
        readers[type] = readerOf(types.type(type));
      }
      switch (readers[type]) {
        case STATIC_STRING -> staticString();
        case DYNAMIC_STRING -> dynamicString();
        case SET -> propertySet(types);
        default -> {
          if (idFields[type] == null) {
            idFields[type] = types.type(type).longField("id");
          }
          record(types.type(type), idFields[type]);
        }
      }
    }
  }

  private static byte readerOf(RecordLayout layout) {
    if (layout.size() > 0) {
      if (layout.standsForSomething()) {
        throw new CorruptBlockException("dependency of the reference type " + layout.name());
      }
      return FIXED;
    }
    return switch (layout.name()) {
      case "StaticString" -> STATIC_STRING;
      case "StaticStringDependency" -> DYNAMIC_STRING;
      case "PropertySetDependency" -> SET;
      default -> throw new CorruptBlockException("unknown dependency type " + layout.name());
    };
  }

  /// Number of entries.
  public int size() {
    return size;
  }

  /// Ordinal of an id.
  ///
  /// @throws CorruptBlockException when the block has no such dependency
  public int require(long id) {
    if (id == lastId && lastOrdinal >= 0) {
      return lastOrdinal;
    }
    int ordinal = find(id);
    if (ordinal < 0) {
      throw new CorruptBlockException("unknown dependency 0x" + Long.toHexString(id));
    }
    lastId = id;
    lastOrdinal = ordinal;
    return ordinal;
  }

  /// Ordinal of the text with that id.
  public int requireText(long id) {
    int ordinal = require(id);
    if (kinds[ordinal] != TEXT) {
      throw new CorruptBlockException("dependency 0x" + Long.toHexString(id) + " is no text");
    }
    return ordinal;
  }

  /// Ordinal of the descriptor with that id.
  public int requireRecord(long id) {
    int ordinal = require(id);
    if (kinds[ordinal] != RECORD) {
      throw new CorruptBlockException("dependency 0x" + Long.toHexString(id) + " is no descriptor");
    }
    return ordinal;
  }

  /// Ordinal of the property set with that id.
  public int requirePropertySet(long id) {
    int ordinal = require(id);
    if (kinds[ordinal] != PROPERTY_SET) {
      throw new CorruptBlockException(
          "dependency 0x" + Long.toHexString(id) + " is no property set");
    }
    return ordinal;
  }

  public boolean isText(int ordinal) {
    return kinds[ordinal] == TEXT;
  }

  public boolean isPropertySet(int ordinal) {
    return kinds[ordinal] == PROPERTY_SET;
  }

  /// Valid UTF-8 of all texts.
  public byte[] texts() {
    return texts;
  }

  public int textBegin(int ordinal) {
    return begins[ordinal];
  }

  public int textLength(int ordinal) {
    return details[ordinal];
  }

  /// The buffer that holds the records.
  public byte[] records() {
    return buffer;
  }

  public int recordBegin(int ordinal) {
    return begins[ordinal];
  }

  /// Type of a record: an index into the dependency metadata.
  public int recordType(int ordinal) {
    return details[ordinal];
  }

  /// Number of properties of a set, in wire order, duplicates included.
  public int propertyCount(int ordinal) {
    return details[ordinal];
  }

  /// Ordinal of a property's name, always a text.
  public int propertyName(int ordinal, int index) {
    return properties[begins[ordinal] + 2 * index];
  }

  /// Ordinal of a property's value, a text in all data of known clients.
  public int propertyValue(int ordinal, int index) {
    return properties[begins[ordinal] + 2 * index + 1];
  }

  private void staticString() {
    long id = cursor.readLong();
    cursor.readRestAsText();
    text(id);
  }

  private void dynamicString() {
    long id = cursor.readLong();
    cursor.readText();
    text(id);
  }

  private void text(long id) {
    int length = cursor.textLength();
    texts = Utf8.grow(texts, textsEnd + length);
    System.arraycopy(cursor.text(), cursor.textBegin(), texts, textsEnd, length);
    add(id, TEXT, textsEnd, length);
    textsEnd += length;
  }

  private void propertySet(TypeTable types) {
    long id = cursor.readLong();
    int count = cursor.readInt();
    Optional<RecordLayout> property = types.find("Property");
    if (property.isEmpty() || property.get().size() == 0) {
      throw new CorruptBlockException("the stream does not describe properties");
    }
    int bytes = property.get().size();
    if (count < 0 || count > (cursor.end() - cursor.position()) / bytes) {
      throw new CorruptBlockException("property set with " + count + " properties");
    }
    FieldAccess name = property.get().reference("name");
    FieldAccess value = property.get().reference("value");
    int begin = propertiesEnd;
    if (begin + 2 * count > properties.length) {
      properties = Arrays.copyOf(properties, Math.max(begin + 2 * count, 2 * properties.length));
    }
    for (int i = 0; i < count; i++) {
      int at = cursor.take(bytes);
      properties[propertiesEnd++] = requireText(name.getLong(buffer, at));
      properties[propertiesEnd++] = require(value.getLong(buffer, at));
    }
    add(id, PROPERTY_SET, begin, count);
  }

  private void record(RecordLayout layout, FieldAccess idField) {
    for (int reference : layout.references()) {
      require(LittleEndian.getLong(buffer, cursor.begin() + reference));
    }
    add(cursor.getLong(idField), RECORD, cursor.begin(), cursor.type());
  }

  private void add(long id, byte kind, int begin, int detail) {
    int slot = slotOf(id);
    if (slots[slot] != 0) {
      throw new CorruptBlockException("duplicate dependency 0x" + Long.toHexString(id));
    }
    if (size == ids.length) {
      int grown = size * 2;
      ids = Arrays.copyOf(ids, grown);
      kinds = Arrays.copyOf(kinds, grown);
      begins = Arrays.copyOf(begins, grown);
      details = Arrays.copyOf(details, grown);
    }
    ids[size] = id;
    kinds[size] = kind;
    begins[size] = begin;
    details[size] = detail;
    slots[slot] = ++size;
    if (2 * size > slots.length) {
      rehash(2 * slots.length);
    }
  }

  private int find(long id) {
    return slots[slotOf(id)] - 1;
  }

  /// The slot that holds the id, or the free one where it belongs.
  private int slotOf(long id) {
    long hash = (id ^ seed) * 0x9e3779b97f4a7c15L;
    hash = (hash ^ hash >>> 32) * 0xd6e8feb86659fd93L;
    int mask = slots.length - 1;
    int slot = (int) (hash >>> shift);
    while (slots[slot] != 0 && ids[slots[slot] - 1] != id) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rehash(int length) {
    slots = new int[length];
    shift = 64 - Integer.numberOfTrailingZeros(length);
    for (int ordinal = 0; ordinal < size; ordinal++) {
      slots[slotOf(ids[ordinal])] = ordinal + 1;
    }
  }

  private void clear() {
    boolean oversized = slots.length > 32 * INITIAL && size < slots.length / 16;
    size = 0;
    if (oversized) {
      rehash(2 * INITIAL);
    } else {
      Arrays.fill(slots, 0);
    }
    textsEnd = 0;
    propertiesEnd = 0;
    lastOrdinal = -1;
  }
}
