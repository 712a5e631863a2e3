package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import micromegas.common.BadRequestException;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/// The engine's types for the columns of Arrow schemas; the same as in
/// [micromegas.query.plan.EmptyRelation], as objects of the C API.
final class VectorTypes {
  // Type ids from the header duckdb.h.
  private static final int BOOLEAN = 1;
  private static final int BIGINT = 5;
  private static final int FLOAT = 10;
  private static final int DOUBLE = 11;
  private static final int DATE = 13;
  private static final int VARCHAR = 17;
  private static final int BLOB = 18;
  private static final int TIMESTAMP_NS = 22;
  private static final int TIMESTAMP_TZ_NS = 42;

  private final NativeApi api;

  VectorTypes(NativeApi api) {
    this.api = api;
  }

  /// The type of `field`; the caller destroys it.
  ///
  /// @throws BadRequestException for a type that has no counterpart
  MemorySegment create(Arena arena, Field field) {
    ArrowType type = field.getType();
    if (type instanceof ArrowType.List) {
      MemorySegment element = create(arena, field.getChildren().getFirst());
      MemorySegment list = api.pointer(api.createListType, element);
      api.destroyType(arena, element);
      return list;
    }
    if (type instanceof ArrowType.Struct) {
      return struct(arena, field.getChildren());
    }
    return api.type(id(field));
  }

  private MemorySegment struct(Arena arena, List<Field> children) {
    MemorySegment types = arena.allocate(ADDRESS, children.size());
    MemorySegment names = arena.allocate(ADDRESS, children.size());
    for (int i = 0; i < children.size(); i++) {
      types.setAtIndex(ADDRESS, i, create(arena, children.get(i)));
      names.setAtIndex(ADDRESS, i, arena.allocateFrom(children.get(i).getName()));
    }
    MemorySegment struct = api.pointer(api.createStructType, types, names, (long) children.size());
    for (int i = 0; i < children.size(); i++) {
      api.destroyType(arena, types.getAtIndex(ADDRESS, i));
    }
    return struct;
  }

  private static int id(Field field) {
    return switch (field.getType()) {
      case ArrowType.Utf8 ignored -> VARCHAR;
      case ArrowType.LargeUtf8 ignored -> VARCHAR;
      case ArrowType.Utf8View ignored -> VARCHAR;
      case ArrowType.Binary ignored -> BLOB;
      case ArrowType.LargeBinary ignored -> BLOB;
      case ArrowType.BinaryView ignored -> BLOB;
      case ArrowType.FixedSizeBinary ignored -> BLOB;
      case ArrowType.Bool ignored -> BOOLEAN;
      case ArrowType.Int integer -> integer(integer);
      case ArrowType.FloatingPoint floating
          when floating.getPrecision() == FloatingPointPrecision.DOUBLE ->
          DOUBLE;
      case ArrowType.FloatingPoint floating
          when floating.getPrecision() == FloatingPointPrecision.SINGLE ->
          FLOAT;
      case ArrowType.Timestamp time -> time.getTimezone() == null ? TIMESTAMP_NS : TIMESTAMP_TZ_NS;
      case ArrowType.Duration ignored -> BIGINT;
      case ArrowType.Date ignored -> DATE;
      default ->
          throw new BadRequestException(
              "column "
                  + field.getName()
                  + " has a type that queries cannot use: "
                  + field.getType());
    };
  }

  private static int integer(ArrowType.Int type) {
    for (IntegerType candidate : IntegerType.values()) {
      if (candidate.bytes * 8 == type.getBitWidth() && (candidate.min < 0) == type.getIsSigned()) {
        return candidate.id;
      }
    }
    throw new BadRequestException("integers of " + type.getBitWidth() + " bits");
  }
}
