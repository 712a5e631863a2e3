package micromegas.transit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How to read the blocks of one stream, compiled once from its type descriptions. Immutable and
/// thread-safe.
///
/// Field order in memory is what the client's compiler chose: only the offsets of the descriptions
/// count. The spellings of the Rust and Unreal clients give the same layout (`wire.md` 5.2, 5.4).
public final class TransitLayout {
  /// Records inside records; descriptions come from the network, and the compiler of layouts
  /// recurses.
  static final int MAX_NESTING = 64;

  /// Members after nested types are unfolded; keeps a few crafted types from unfolding to millions.
  static final int MAX_UNFOLDED_MEMBERS = 4_096;

  private static final int REFERENCE_BYTES = 8;
  private static final Map<String, Intrinsic> INTRINSICS =
      Map.of(
          "u8", new Intrinsic(RecordLayout.Kind.U8, 1),
          "uint8", new Intrinsic(RecordLayout.Kind.U8, 1),
          "u32", new Intrinsic(RecordLayout.Kind.U32, 4),
          "uint32", new Intrinsic(RecordLayout.Kind.U32, 4),
          "u64", new Intrinsic(RecordLayout.Kind.U64, 8),
          "uint64", new Intrinsic(RecordLayout.Kind.U64, 8),
          "i64", new Intrinsic(RecordLayout.Kind.I64, 8),
          "int64", new Intrinsic(RecordLayout.Kind.I64, 8),
          "f64", new Intrinsic(RecordLayout.Kind.F64, 8));

  private record Intrinsic(RecordLayout.Kind kind, int size) {}

  private final TypeTable dependencies;
  private final TypeTable objects;

  private TransitLayout(TypeTable dependencies, TypeTable objects) {
    this.dependencies = dependencies;
    this.objects = objects;
  }

  /// Compiles both metadata arrays of a stream. Never fails: descriptions without sense fail when a
  /// record needs them.
  public static TransitLayout compile(
      List<UserDefinedType> dependencies, List<UserDefinedType> objects) {
    return new TransitLayout(new Compiler(dependencies).table(), new Compiler(objects).table());
  }

  public static TransitLayout compile(StreamInfo stream) {
    return compile(stream.dependenciesMetadata(), stream.objectsMetadata());
  }

  public TypeTable dependencies() {
    return dependencies;
  }

  public TypeTable objects() {
    return objects;
  }

  /// Compiles one metadata array; types refer to each other by name inside it only.
  private static final class Compiler {
    private final List<UserDefinedType> types;
    private final Map<String, Integer> byName = new HashMap<>();
    private final @Nullable RecordLayout[] done;
    private final boolean[] open;
    private int depth;
    private boolean tooDeep;

    Compiler(List<UserDefinedType> types) {
      this.types = types;
      this.done = new RecordLayout[types.size()];
      this.open = new boolean[types.size()];
      for (int i = 0; i < types.size(); i++) {
        byName.putIfAbsent(types.get(i).name(), i);
      }
    }

    TypeTable table() {
      List<RecordLayout> layouts = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        layouts.add(layout(i));
      }
      return new TypeTable(layouts);
    }

    private RecordLayout layout(int index) {
      RecordLayout known = done[index];
      if (known != null) {
        return known;
      }
      if (depth == MAX_NESTING) {
        tooDeep = true;
        throw new CorruptBlockException("types are nested more than " + MAX_NESTING + " deep");
      }
      UserDefinedType type = types.get(index);
      open[index] = true;
      depth++;
      RecordLayout made;
      try {
        made = type.size() == 0 ? variable(type) : fixed(type);
      } catch (CorruptBlockException e) {
        if (tooDeep && depth > 1) {
          throw e; // types on the way may be shallow enough when compiled by themselves
        }
        tooDeep = false;
        made = broken(type, String.valueOf(e.getMessage()));
      } finally {
        open[index] = false;
        depth--;
      }
      done[index] = made;
      return made;
    }

    /// Members of variable-size types are ignored: their name selects how they are read.
    private static RecordLayout variable(UserDefinedType type) {
      return new RecordLayout(type.name(), 0, Map.of(), new int[0], null, null);
    }

    private static RecordLayout broken(UserDefinedType type, String error) {
      return new RecordLayout(
          type.name(), Math.max(type.size(), 0), Map.of(), new int[0], null, error);
    }

    private RecordLayout fixed(UserDefinedType type) {
      if (type.size() < 0) {
        throw new CorruptBlockException("negative size");
      }
      Map<String, RecordLayout.Slot> slots = new LinkedHashMap<>();
      List<Integer> references = new ArrayList<>();
      for (UserDefinedType.Member member : type.members()) {
        RecordLayout.Slot slot = slot(type, member, references);
        slots.putIfAbsent(member.name(), slot);
        if (references.size() > MAX_UNFOLDED_MEMBERS || slots.size() > MAX_UNFOLDED_MEMBERS) {
          throw new CorruptBlockException("more than " + MAX_UNFOLDED_MEMBERS + " members");
        }
      }
      RecordLayout.Slot standsFor = null;
      if (type.isReference()) {
        standsFor = slots.get("id");
        if (standsFor == null) {
          throw new CorruptBlockException("is a reference without a member id");
        }
      }
      return new RecordLayout(
          type.name(),
          type.size(),
          slots,
          references.stream().mapToInt(Integer::intValue).toArray(),
          standsFor,
          null);
    }

    private RecordLayout.Slot slot(
        UserDefinedType type, UserDefinedType.Member member, List<Integer> references) {
      int offset = member.offset();
      int size = member.size();
      if (offset < 0 || size < 0 || (long) offset + size > type.size()) {
        throw new CorruptBlockException("member " + member.name() + " lies outside the record");
      }
      if (member.isReference()) {
        if (size < REFERENCE_BYTES) {
          throw new CorruptBlockException("reference " + member.name() + " has " + size + " bytes");
        }
        references.add(offset);
        return new RecordLayout.Slot(RecordLayout.Kind.REFERENCE, offset, null);
      }
      Intrinsic intrinsic = INTRINSICS.get(member.typeName());
      if (intrinsic != null) {
        if (intrinsic.size() != size) {
          throw new CorruptBlockException("member " + member.name() + " has " + size + " bytes");
        }
        return new RecordLayout.Slot(intrinsic.kind(), offset, null);
      }
      return nested(type, member, references);
    }

    private RecordLayout.Slot nested(
        UserDefinedType type, UserDefinedType.Member member, List<Integer> references) {
      Integer index = byName.get(member.typeName());
      if (index == null) {
        throw new CorruptBlockException(
            "member " + member.name() + " has the unknown type " + member.typeName());
      }
      if (open[index]) {
        throw new CorruptBlockException("type " + member.typeName() + " contains itself");
      }
      RecordLayout inner = layout(index);
      if (inner.error() != null) {
        throw new CorruptBlockException("member " + member.name() + ": " + inner.error());
      }
      if ((long) member.offset() + inner.size() > type.size()) {
        throw new CorruptBlockException("member " + member.name() + " lies outside the record");
      }
      for (int reference : inner.references()) {
        references.add(member.offset() + reference);
      }
      RecordLayout.Slot standsFor = inner.standsFor();
      return standsFor == null
          ? new RecordLayout.Slot(RecordLayout.Kind.RECORD, member.offset(), inner)
          : new RecordLayout.Slot(
              standsFor.kind(), member.offset() + standsFor.offset(), standsFor.record());
    }
  }
}
