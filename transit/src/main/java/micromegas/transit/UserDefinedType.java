package micromegas.transit;

import java.util.List;

/// Describes the layout of one record type of a stream.
///
/// @param name type name; also selects custom decoding of variable-size records
/// @param size bytes of one instance; 0 means variable size
/// @param members fields in metadata order
/// @param isReference whether a nested value of this type stands for the dependency it points to
public record UserDefinedType(String name, int size, List<Member> members, boolean isReference) {
  public UserDefinedType {
    members = List.copyOf(members);
  }

  /// One field of a record.
  ///
  /// @param typeName name of an intrinsic type or of another user defined type; anything for
  ///   references
  /// @param offset byte offset inside the record
  /// @param size bytes of the field
  /// @param isReference whether the field holds the 8-byte id of a dependency
  public record Member(String name, String typeName, int offset, int size, boolean isReference) {}
}
