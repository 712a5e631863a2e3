package micromegas.lakehouse.catalog;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.blocks.BlockParser;
import micromegas.lakehouse.blocks.ParsedObject;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.query.Arguments;
import micromegas.query.ArrowRows;
import micromegas.query.FunctionCall;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// `parse_block(block_id)`: the objects of one block, spelled out. Objects are decoded as they are
/// read, so a LIMIT ends early.
final class ParseBlock implements TableFunction.Computed {
  private static final Schema SCHEMA =
      new SchemaBuilder()
          .required(ColumnType.INT64, "object_index")
          .required(ColumnType.TEXT, "type_name")
          .required(ColumnType.BINARY, "value")
          .build();

  private final BlockListing blocks;
  private final ObjectStore objects;
  private final Map<String, BlockParser> parsers;

  /// @param parsers by stream format, in the order in which messages list the formats
  ParseBlock(BlockListing blocks, ObjectStore objects, Map<String, BlockParser> parsers) {
    this.blocks = blocks;
    this.objects = objects;
    this.parsers = new LinkedHashMap<>(parsers);
  }

  @Override
  public String name() {
    return "parse_block";
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public void check(Arguments arguments) {
    arguments.requireCount(1);
    id(arguments.text(0));
  }

  @Override
  public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
    String text = call.arguments().text(0);
    SourceBlock block = find(text, id(text), call.range());
    String format = block.stream().info().format();
    BlockParser parser = parsers.get(format);
    if (parser == null) {
      throw new BadRequestException(
          "parse_block: no decoder for streams.format='"
              + format
              + "' (known formats: "
              + String.join(", ", parsers.keySet())
              + ")");
    }
    return ArrowRows.reader(
        SCHEMA, new Rows(block, parser.parse(block, payload(block))), allocator);
  }

  /// The block, if it is in the view `blocks` for the range.
  private SourceBlock find(String text, UUID id, TimeRange range) {
    Optional<SourceBlock> found = blocks.find(id);
    if (found.isPresent() && isIn(found.get(), range)) {
      return found.get();
    }
    throw new NotFoundException(
        "parse_block: block '"
            + text
            + "' not found in `blocks`"
            + (range.isAll()
                ? "."
                : " for the queried range ["
                    + Nanos.toInstant(range.beginNanos())
                    + ", "
                    + Nanos.toInstant(range.endNanos())
                    + "]. A block counts from its begin_time to its insert_time."));
  }

  private static boolean isIn(SourceBlock block, TimeRange range) {
    return Nanos.fromInstant(block.block().info().beginTime()) <= range.endNanos()
        && Nanos.fromInstant(block.block().insertTime()) >= range.beginNanos();
  }

  private byte[] payload(SourceBlock block) {
    try {
      return objects.get(block.block().objectKey());
    } catch (NotFoundException e) {
      throw new NotFoundException(
          "parse_block: the payload of block '"
              + block.block().info().blockId()
              + "' not found or not accessible",
          e);
    }
  }

  private static UUID id(String text) {
    try {
      return InstanceIds.parse(text);
    } catch (BadRequestException e) {
      throw new BadRequestException("parse_block: '" + text + "' is not a valid block id", e);
    }
  }

  private static final class Rows implements Iterator<@Nullable Object[]> {
    private final Iterator<ParsedObject> objects;
    private long index;

    Rows(SourceBlock block, Iterator<ParsedObject> objects) {
      this.objects = objects;
      this.index = block.block().info().objectOffset();
    }

    @Override
    public boolean hasNext() {
      return objects.hasNext();
    }

    @Override
    public @Nullable Object[] next() {
      ParsedObject object = objects.next();
      return new @Nullable Object[] {index++, object.typeName(), object.value()};
    }
  }
}
