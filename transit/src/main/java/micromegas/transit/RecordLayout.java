package micromegas.transit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One compiled type of a metadata array: where the values of its members lie. Immutable.
///
/// A description that makes no sense (a member outside the record, an unknown member type, a type
/// inside itself) is kept as an error and thrown when a record of the type is met, because
/// descriptions that no record uses do no harm.
public final class RecordLayout {
  /// What a member's value is.
  public enum Kind {
    U8,
    U32,
    U64,
    I64,
    F64,
    /// The value is the dependency whose id lies at the offset.
    REFERENCE,
    /// A nested record.
    RECORD
  }

  /// @param record layout of a nested record
  record Slot(Kind kind, int offset, @Nullable RecordLayout record) {}

  /// One member of a type.
  ///
  /// @param offset bytes from the begin of the record
  /// @param record layout of the nested record when the kind is [Kind#RECORD]
  public record Member(String name, Kind kind, int offset, Optional<RecordLayout> record) {}

  private final String name;
  private final int size;
  private final Map<String, Slot> slots;
  private final int[] references;
  private final @Nullable Slot standsFor;
  private final @Nullable String error;

  RecordLayout(
      String name,
      int size,
      Map<String, Slot> slots,
      int[] references,
      @Nullable Slot standsFor,
      @Nullable String error) {
    this.name = name;
    this.size = size;
    this.slots = new LinkedHashMap<>(slots);
    this.references = references;
    this.standsFor = standsFor;
    this.error = error;
  }

  public String name() {
    return name;
  }

  /// Bytes of one record; 0 when it varies.
  public int size() {
    return size;
  }

  /// Checks the description.
  ///
  /// @throws CorruptBlockException when records of this type cannot be read
  public void requireReadable() {
    if (error != null) {
      throw new CorruptBlockException("type " + name + ": " + error);
    }
  }

  /// The members in the order of their description; of equal names the first.
  ///
  /// @throws CorruptBlockException when records of this type cannot be read
  public List<Member> members() {
    requireReadable();
    List<Member> members = new ArrayList<>();
    slots.forEach((name, slot) ->
        members.add(
            new Member(name, slot.kind(), slot.offset(), Optional.ofNullable(slot.record()))));
    return members;
  }

  /// A signed or unsigned 64-bit integer.
  public FieldAccess longField(String member) {
    Slot slot = slot(member);
    return slot.kind() == Kind.I64 || slot.kind() == Kind.U64
        ? new FieldAccess(slot.offset(), false)
        : fail(member, "a 64-bit integer");
  }

  /// An unsigned 32-bit or 8-bit integer.
  public FieldAccess intField(String member) {
    Slot slot = slot(member);
    return slot.kind() == Kind.U32 || slot.kind() == Kind.U8
        ? new FieldAccess(slot.offset(), slot.kind() == Kind.U8)
        : fail(member, "a 32-bit integer");
  }

  public FieldAccess doubleField(String member) {
    Slot slot = slot(member);
    return slot.kind() == Kind.F64
        ? new FieldAccess(slot.offset(), false)
        : fail(member, "a double");
  }

  /// The id of a dependency: a text, a descriptor or a property set.
  public FieldAccess reference(String member) {
    Slot slot = slot(member);
    return slot.kind() == Kind.REFERENCE
        ? new FieldAccess(slot.offset(), false)
        : fail(member, "a reference");
  }

  /// For a type whose records stand for a dependency (`StringId`, `StaticStringRef`): where that
  /// dependency's id lies.
  public FieldAccess standsForReference() {
    requireReadable();
    if (standsFor == null || standsFor.kind() != Kind.REFERENCE) {
      throw new CorruptBlockException("type " + name + " does not stand for a dependency");
    }
    return new FieldAccess(standsFor.offset(), false);
  }

  /// Whether records of this type are replaced by what their member `id` designates.
  boolean standsForSomething() {
    return standsFor != null;
  }

  @Nullable Slot standsFor() {
    return standsFor;
  }

  /// Offsets of all ids of dependencies, those of nested records too.
  int[] references() {
    return references;
  }

  @Nullable String error() {
    return error;
  }

  private Slot slot(String member) {
    requireReadable();
    Slot slot = slots.get(member);
    if (slot == null) {
      throw new CorruptBlockException("type " + name + " has no member " + member);
    }
    return slot;
  }

  private FieldAccess fail(String member, String wanted) {
    throw new CorruptBlockException("member " + member + " of type " + name + " is not " + wanted);
  }
}
