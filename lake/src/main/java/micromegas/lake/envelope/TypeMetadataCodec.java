package micromegas.lake.envelope;

import java.util.ArrayList;
import java.util.List;
import micromegas.common.CorruptDataException;
import micromegas.transit.CborWriter;
import micromegas.transit.UserDefinedType;
import org.jspecify.annotations.Nullable;

/// Type descriptions as PostgreSQL keeps them in `streams`: a CBOR array of maps of definite
/// length, keys in the order `name`, `size`, `members`, `is_reference` (members: `name`,
/// `type_name`, `offset`, `size`, `is_reference`), unknown keys dropped. Stateless.
public final class TypeMetadataCodec {
  private TypeMetadataCodec() {}

  /// The canonical bytes.
  public static byte[] encode(List<UserDefinedType> types) {
    CborWriter out = new CborWriter();
    out.types(types);
    return out.toByteArray();
  }

  /// Reads a metadata column.
  ///
  /// @throws CorruptDataException when the bytes are no type descriptions
  public static List<UserDefinedType> decode(byte[] bytes) {
    EnvelopeLimits limits = EnvelopeLimits.DEFAULTS;
    try {
      return read(new CborReader(bytes, limits.maxDepth(), limits.maxTextBytes()), limits);
    } catch (MalformedCborException e) {
      throw new CorruptDataException("type descriptions: " + e.getMessage(), e);
    }
  }

  static List<UserDefinedType> read(CborReader in, EnvelopeLimits limits)
      throws MalformedCborException {
    List<UserDefinedType> types = new ArrayList<>();
    int[] membersLeft = {limits.maxMembers()};
    in.beginArray();
    while (in.hasNext()) {
      if (types.size() == limits.maxTypes()) {
        throw in.malformed("more than " + limits.maxTypes() + " types");
      }
      types.add(readType(in, membersLeft));
    }
    return types;
  }

  private static UserDefinedType readType(CborReader in, int[] membersLeft)
      throws MalformedCborException {
    @Nullable String name = null;
    @Nullable Integer size = null;
    @Nullable List<UserDefinedType.Member> members = null;
    @Nullable Boolean isReference = null;
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      switch (key) {
        case "name" -> name = Fields.once(in, key, name, in.readText());
        case "size" -> size = Fields.once(in, key, size, in.readUnsignedInt());
        case "members" -> members = Fields.once(in, key, members, readMembers(in, membersLeft));
        case "is_reference" -> isReference = Fields.once(in, key, isReference, in.readBoolean());
        default -> in.skip();
      }
    }
    return new UserDefinedType(
        Fields.required(in, "name", name),
        Fields.required(in, "size", size),
        Fields.required(in, "members", members),
        Fields.required(in, "is_reference", isReference));
  }

  private static List<UserDefinedType.Member> readMembers(CborReader in, int[] membersLeft)
      throws MalformedCborException {
    List<UserDefinedType.Member> members = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      if (membersLeft[0]-- == 0) {
        throw in.malformed("too many members");
      }
      members.add(readMember(in));
    }
    return members;
  }

  private static UserDefinedType.Member readMember(CborReader in) throws MalformedCborException {
    @Nullable String name = null;
    @Nullable String typeName = null;
    @Nullable Integer offset = null;
    @Nullable Integer size = null;
    @Nullable Boolean isReference = null;
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      switch (key) {
        case "name" -> name = Fields.once(in, key, name, in.readText());
        case "type_name" -> typeName = Fields.once(in, key, typeName, in.readText());
        case "offset" -> offset = Fields.once(in, key, offset, in.readUnsignedInt());
        case "size" -> size = Fields.once(in, key, size, in.readUnsignedInt());
        case "is_reference" -> isReference = Fields.once(in, key, isReference, in.readBoolean());
        default -> in.skip();
      }
    }
    return new UserDefinedType.Member(
        Fields.required(in, "name", name),
        Fields.required(in, "type_name", typeName),
        Fields.required(in, "offset", offset),
        Fields.required(in, "size", size),
        Fields.required(in, "is_reference", isReference));
  }
}
