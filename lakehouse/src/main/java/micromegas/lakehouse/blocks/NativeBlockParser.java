package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;
import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// Spells out the objects of native blocks: `__type` and every member, what ids refer to in their
/// place, bytes as `<binary N bytes>`. Objects of unknown variable-size types have no members.
/// Thread-safe.
public final class NativeBlockParser implements BlockParser {
  /// Bytes of one document above which the block counts as corrupt: a few records that refer to
  /// each other can unfold to any size.
  static final int MAX_DOCUMENT_BYTES = 16 << 20;

  /// References inside references that are spelled out.
  static final int MAX_DEPTH = 64;

  private static final EventTypes<ObjectEvents.Fields> TYPES = new ObjectEvents();
  private static final byte[] TYPE = utf8("__type");
  private static final byte[] TOO_DEEP = utf8("<nested too deep>");
  private static final byte[] SET_TYPE = utf8("property_set");

  @Override
  public Iterator<ParsedObject> parse(SourceBlock block, byte[] payload) {
    try {
      return new Objects(new DecodeScratch().open(block, payload, TYPES));
    } catch (CorruptBlockException e) {
      throw OpenBlock.corrupt(block, e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final class Objects implements Iterator<ParsedObject> {
    private final OpenBlock<ObjectEvents.Fields> block;
    private final ObjectCursor cursor;
    private final DependencyTable dependencies;
    private final TypeTable dependencyTypes;
    private final JsonbBuilder json = new JsonbBuilder();
    private int room;
    private boolean ready;

    Objects(OpenBlock<ObjectEvents.Fields> block) {
      this.block = block;
      this.cursor = block.cursor;
      this.dependencies = block.dependencies;
      this.dependencyTypes = block.plan.dependencyTypes();
    }

    @Override
    public boolean hasNext() {
      try {
        ready = ready || cursor.next();
        return ready;
      } catch (CorruptBlockException e) {
        throw OpenBlock.corrupt(block.source, e);
      }
    }

    @Override
    public ParsedObject next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ready = false;
      try {
        ObjectEvents.Fields fields = block.plan.fields(cursor.type());
        room = MAX_DOCUMENT_BYTES;
        json.clear();
        json.beginObject();
        key(TYPE);
        text(utf8(fields.type.name()));
        members(fields);
        json.end();
        return new ParsedObject(fields.type.name(), json.toByteArray());
      } catch (CorruptBlockException e) {
        throw OpenBlock.corrupt(block.source, e);
      }
    }

    private void members(ObjectEvents.Fields fields) {
      switch (fields.reader) {
        case ObjectEvents.FIXED -> record(fields.type, cursor.buffer(), cursor.begin(), 0);
        case ObjectEvents.STRING, ObjectEvents.LEGACY_STRING -> {
          reference("desc", cursor.readLong());
          number("time", cursor.readLong());
          message(fields.reader == ObjectEvents.LEGACY_STRING);
        }
        case ObjectEvents.TAGGED -> {
          reference("desc", cursor.readLong());
          reference("properties", cursor.readLong());
          number("time", cursor.readLong());
          message(false);
        }
        case ObjectEvents.STRING_INTEROP,
            ObjectEvents.LEGACY_INTEROP,
            ObjectEvents.TAGGED_INTEROP -> {
          boolean legacy = fields.reader == ObjectEvents.LEGACY_INTEROP;
          number("time", cursor.readLong());
          number("level", legacy ? Integer.toUnsignedLong(cursor.readInt()) : cursor.readByte());
          reference("target", cursor.readReference(fields.referenceBytes, fields.reference));
          if (fields.reader == ObjectEvents.TAGGED_INTEROP) {
            reference("properties", cursor.readLong());
          }
          message(legacy);
        }
        case ObjectEvents.IMAGE -> {
          number("time", cursor.readLong());
          cursor.readText();
          key(utf8("name"));
          currentText();
          cursor.readText();
          key(utf8("format"));
          currentText();
          cursor.readBytes();
          key(utf8("data"));
          text(utf8("<binary " + cursor.bytesLength() + " bytes>"));
        }
        default -> {}
      }
    }

    private void reference(String member, long id) {
      key(utf8(member));
      dependency(dependencies.require(id), 1);
    }

    private void number(String member, long value) {
      key(utf8(member));
      json.value(value);
    }

    private void message(boolean legacy) {
      if (legacy) {
        cursor.readRestAsText();
      } else {
        cursor.readText();
      }
      key(utf8("msg"));
      currentText();
    }

    private void currentText() {
      take(cursor.textLength());
      json.text(cursor.text(), cursor.textBegin(), cursor.textBegin() + cursor.textLength());
    }

    private void dependency(int ordinal, int depth) {
      if (dependencies.isText(ordinal)) {
        int begin = dependencies.textBegin(ordinal);
        take(dependencies.textLength(ordinal));
        json.text(dependencies.texts(), begin, begin + dependencies.textLength(ordinal));
      } else if (depth > MAX_DEPTH) {
        text(TOO_DEEP);
      } else if (dependencies.isPropertySet(ordinal)) {
        propertySet(ordinal, depth);
      } else {
        RecordLayout type = dependencyTypes.type(dependencies.recordType(ordinal));
        object(type, dependencies.records(), dependencies.recordBegin(ordinal), depth);
      }
    }

    private void propertySet(int set, int depth) {
      json.beginObject();
      key(TYPE);
      text(SET_TYPE);
      for (int i = 0; i < dependencies.propertyCount(set); i++) {
        int name = dependencies.propertyName(set, i);
        int begin = dependencies.textBegin(name);
        take(dependencies.textLength(name));
        json.key(dependencies.texts(), begin, begin + dependencies.textLength(name));
        dependency(dependencies.propertyValue(set, i), depth + 1);
      }
      json.end();
    }

    private void object(RecordLayout type, byte[] bytes, int begin, int depth) {
      json.beginObject();
      key(TYPE);
      text(utf8(type.name()));
      record(type, bytes, begin, depth);
      json.end();
    }

    private void record(RecordLayout type, byte[] bytes, int begin, int depth) {
      for (RecordLayout.Member member : type.members()) {
        key(utf8(member.name()));
        int at = begin + member.offset();
        switch (member.kind()) {
          case U8 -> json.value(bytes[at] & 0xff);
          case U32 -> json.value(Integer.toUnsignedLong((int) little(bytes, at, 4)));
          case U64 -> json.unsignedValue(little(bytes, at, 8));
          case I64 -> json.value(little(bytes, at, 8));
          case F64 -> floating(Double.longBitsToDouble(little(bytes, at, 8)));
          case REFERENCE -> dependency(dependencies.require(little(bytes, at, 8)), depth + 1);
          case RECORD -> {
            if (depth > MAX_DEPTH) {
              text(TOO_DEEP);
            } else {
              object(member.record().orElseThrow(), bytes, at, depth + 1);
            }
          }
        }
      }
    }

    /// JSON has no other numbers.
    private void floating(double value) {
      if (Double.isFinite(value)) {
        json.value(value);
      } else {
        json.nullValue();
      }
    }

    private void key(byte[] name) {
      take(name.length + Long.BYTES);
      json.key(name);
    }

    private void text(byte[] value) {
      take(value.length);
      json.text(value);
    }

    private void take(int bytes) {
      room -= bytes;
      if (room < 0) {
        throw new CorruptBlockException(
            "an object unfolds to more than " + MAX_DOCUMENT_BYTES + " bytes");
      }
    }

    private static long little(byte[] bytes, int at, int count) {
      long value = 0;
      for (int i = count - 1; i >= 0; i--) {
        value = value << 8 | bytes[at + i] & 0xff;
      }
      return value;
    }
  }
}
