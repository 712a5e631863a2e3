package micromegas.lakehouse.catalog;

import java.util.List;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.query.ConcurrentCalls;
import micromegas.query.ScalarFunction;
import org.jspecify.annotations.Nullable;

/// `get_payload(process_id, stream_id, block_id)`: the stored object of a block. NULL arguments
/// give NULL.
final class GetPayload implements ScalarFunction {
  /// Downloads at the same time, for all queries; also the payloads of one call, which are in
  /// memory together.
  static final int CONCURRENCY = 10;

  private final ObjectStore objects;
  private final ConcurrentCalls calls = new ConcurrentCalls(CONCURRENCY);

  GetPayload(ObjectStore objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "get_payload";
  }

  @Override
  public List<Type> parameters() {
    return List.of(Type.TEXT, Type.TEXT, Type.TEXT);
  }

  @Override
  public Type result() {
    return Type.BINARY;
  }

  @Override
  public int maxRows() {
    return CONCURRENCY;
  }

  @Override
  public List<@Nullable Object> call(List<List<@Nullable Object>> rows) {
    return calls.map(rows, this::payload);
  }

  private @Nullable Object payload(List<@Nullable Object> ids) {
    if (ids.contains(null)) {
      return null;
    }
    // Read as ids and written anew, so that no text can name another object of the lake.
    UUID process = id(ids, 0, "process");
    UUID stream = id(ids, 1, "stream");
    UUID block = id(ids, 2, "block");
    try {
      return objects.get("blobs/" + process + "/" + stream + "/" + block);
    } catch (NotFoundException e) {
      throw new NotFoundException("get_payload: error downloading payload: " + e.getMessage(), e);
    }
  }

  private static UUID id(List<@Nullable Object> ids, int index, String what) {
    String text = String.valueOf(ids.get(index));
    try {
      return InstanceIds.parse(text);
    } catch (BadRequestException e) {
      throw new BadRequestException(
          "get_payload: '" + text + "' is not a valid " + what + " id", e);
    }
  }
}
