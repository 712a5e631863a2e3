package micromegas.query.duckdb;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import micromegas.common.BadRequestException;
import micromegas.common.CorruptDataException;
import micromegas.query.plan.PlannedQuery;
import micromegas.query.plan.PlannedQuery.Shape;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Gives the engine's batches the types that clients know: times in nanoseconds labelled `+00:00`,
/// 128-bit integers as 64-bit ones, decimals as floating point, binary of fixed size as such, list
/// elements called as in the table that they come from, or `item`. Buffers of all other columns are
/// handed over, not copied.
final class ResultBatches implements AutoCloseable {
  private static final String UTC = "+00:00";
  private static final int HUGEINT_PRECISION = 38;

  private final VectorSchemaRoot root;

  ResultBatches(Schema engineSchema, PlannedQuery plan, BufferAllocator allocator) {
    List<Field> fields = new ArrayList<>();
    for (Field field : engineSchema.getFields()) {
      fields.add(clientField(field, Optional.ofNullable(plan.tableFields().get(fields.size()))));
    }
    if (plan.shape() == Shape.EXPLAIN && fields.size() == 2) {
      fields = List.of(renamed(fields.get(0), "plan_type"), renamed(fields.get(1), "plan"));
    }
    this.root = VectorSchemaRoot.create(new Schema(fields), allocator);
  }

  VectorSchemaRoot root() {
    return root;
  }

  private static Field renamed(Field field, String name) {
    return new Field(name, field.getFieldType(), field.getChildren());
  }

  /// @param table the field of the table's column, where the column is one
  private static Field clientField(Field field, Optional<Field> table) {
    if (field.getType() instanceof ArrowType.Binary
        && table.isPresent()
        && table.get().getType() instanceof ArrowType.FixedSizeBinary fixed) {
      return new Field(field.getName(), FieldType.nullable(fixed), null);
    }
    Optional<Field> element =
        table
            .filter(column -> column.getType() instanceof ArrowType.List)
            .map(column -> column.getChildren().getFirst());
    boolean list =
        field.getType() instanceof ArrowType.List
            || field.getType() instanceof ArrowType.FixedSizeList;
    List<Field> children = new ArrayList<>();
    for (Field child : field.getChildren()) {
      String name = list ? element.map(Field::getName).orElse("item") : child.getName();
      Field nested = nestedField(child, name);
      boolean nullable = element.map(Field::isNullable).orElse(nested.isNullable());
      children.add(
          new Field(name, new FieldType(nullable, nested.getType(), null), nested.getChildren()));
    }
    return new Field(field.getName(), FieldType.nullable(clientType(field.getType())), children);
  }

  /// Values inside lists and structs keep their type, apart from the label of times.
  private static Field nestedField(Field field, String name) {
    List<Field> children = new ArrayList<>();
    boolean list = field.getType() instanceof ArrowType.List;
    for (Field child : field.getChildren()) {
      children.add(nestedField(child, list ? "item" : child.getName()));
    }
    ArrowType type =
        field.getType() instanceof ArrowType.Timestamp time && time.getTimezone() != null
            ? new ArrowType.Timestamp(time.getUnit(), UTC)
            : field.getType();
    // The key of a map must stay non-null; nothing else needs it.
    return new Field(name, new FieldType(field.isNullable(), type, null), children);
  }

  private static ArrowType clientType(ArrowType type) {
    return switch (type) {
      case ArrowType.Timestamp time when time.getTimezone() != null ->
          new ArrowType.Timestamp(
              time.getUnit() == TimeUnit.MICROSECOND ? TimeUnit.NANOSECOND : time.getUnit(), UTC);
      case ArrowType.Decimal decimal when isHugeInteger(decimal) -> new ArrowType.Int(64, true);
      case ArrowType.Decimal ignored -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      default -> type;
    };
  }

  private static boolean isHugeInteger(ArrowType.Decimal decimal) {
    return decimal.getScale() == 0 && decimal.getPrecision() == HUGEINT_PRECISION;
  }

  /// Replaces the current batch by the rows of `source`.
  ///
  /// @throws BadRequestException for a sum beyond 64 bits
  void load(VectorSchemaRoot source) {
    int rows = source.getRowCount();
    for (int column = 0; column < source.getFieldVectors().size(); column++) {
      load(source.getVector(column), root.getVector(column), rows);
    }
    root.setRowCount(rows);
  }

  private static void load(FieldVector source, FieldVector target, int rows) {
    switch (source) {
      case DecimalVector decimals when target instanceof BigIntVector longs ->
          loadLongs(decimals, longs, rows);
      case DecimalVector decimals -> loadDoubles(decimals, (Float8Vector) target, rows);
      case TimeStampMicroTZVector micros -> loadNanos(micros, (TimeStampNanoTZVector) target, rows);
      case VarBinaryVector bytes when target instanceof FixedSizeBinaryVector fixed ->
          loadFixed(bytes, fixed, rows);
      default -> handOver(source, target);
    }
  }

  private static void loadFixed(VarBinaryVector source, FixedSizeBinaryVector target, int rows) {
    int width = target.getByteWidth();
    target.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      if (source.isNull(row)) {
        target.setNull(row);
        continue;
      }
      if (source.getValueLength(row) != width) {
        throw new CorruptDataException(
            "column %s needs %d bytes, got %d"
                .formatted(target.getName(), width, source.getValueLength(row)));
      }
      BitVectorHelper.setBit(target.getValidityBuffer(), row);
      target
          .getDataBuffer()
          .setBytes(
              (long) row * width,
              source.getDataBuffer(),
              (long) source.getStartOffset(row),
              (long) width);
    }
    target.setValueCount(rows);
  }

  private static void handOver(FieldVector source, FieldVector target) {
    List<ArrowBuf> buffers = source.getFieldBuffers();
    target.loadFieldBuffers(
        new ArrowFieldNode(source.getValueCount(), source.getNullCount()), buffers);
    List<FieldVector> children = source.getChildrenFromFields();
    for (int i = 0; i < children.size(); i++) {
      handOver(children.get(i), target.getChildrenFromFields().get(i));
    }
  }

  private static void loadLongs(DecimalVector source, BigIntVector target, int rows) {
    target.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      if (source.isNull(row)) {
        target.setNull(row);
        continue;
      }
      // Two's complement, little-endian: a value fits if the upper half repeats the sign.
      long at = (long) row * DecimalVector.TYPE_WIDTH;
      long low = source.getDataBuffer().getLong(at);
      if (source.getDataBuffer().getLong(at + 8) != low >> 63) {
        BigInteger value = source.getObject(row).unscaledValue();
        throw new BadRequestException("integer overflow: " + value + " does not fit 64 bits");
      }
      target.set(row, low);
    }
    target.setValueCount(rows);
  }

  private static void loadDoubles(DecimalVector source, Float8Vector target, int rows) {
    target.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      BigDecimal value = source.getObject(row);
      if (value == null) {
        target.setNull(row);
      } else {
        target.set(row, value.doubleValue());
      }
    }
    target.setValueCount(rows);
  }

  private static void loadNanos(
      TimeStampMicroTZVector source, TimeStampNanoTZVector target, int rows) {
    target.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      if (source.isNull(row)) {
        target.setNull(row);
      } else {
        target.set(row, saturatedNanos(source.get(row)));
      }
    }
    target.setValueCount(rows);
  }

  private static long saturatedNanos(long micros) {
    long limit = Long.MAX_VALUE / 1_000;
    return Math.clamp(micros, -limit, limit) * 1_000;
  }

  /// Gives up the current batch.
  void clear() {
    root.clear();
  }

  @Override
  public void close() {
    root.close();
  }
}
