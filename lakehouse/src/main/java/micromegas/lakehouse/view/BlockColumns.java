package micromegas.lakehouse.view;

import java.time.Duration;
import java.util.Optional;
import micromegas.common.BadRequestException;

/// What view sets with one row per event have in common.
final class BlockColumns {
  /// Global views of decoded blocks: slices of at most an hour, from source and when merged.
  static final Optional<BatchPolicy> HOURLY =
      Optional.of(new BatchPolicy(2000, Duration.ofHours(1), Duration.ofHours(1)));

  private BlockColumns() {}

  /// The columns that say where an event comes from; every such view set starts with them.
  static SchemaBuilder origin() {
    return new SchemaBuilder()
        .required(ColumnType.DICTIONARY_TEXT, "process_id", "stream_id", "block_id")
        .required(ColumnType.TIMESTAMP, "insert_time")
        .required(ColumnType.DICTIONARY_TEXT, "exe", "username", "computer");
  }

  /// The global instance, or the one of the process that `instanceId` names.
  static View instance(
      String viewSet, String instanceId, ViewSchema schema, ViewSource.Blocks source) {
    if (instanceId.equals(ViewId.GLOBAL)) {
      return new View(ViewId.global(viewSet), schema, source, HOURLY);
    }
    return ofProcess(viewSet, instanceId, schema, source);
  }

  /// The instance of the process that `instanceId` names, for sets without a global one.
  ///
  /// @param view what the set is called in the error for `global`
  /// @throws BadRequestException for any other text
  static View processInstance(
      String viewSet, String view, String instanceId, ViewSchema schema, ViewSource source) {
    if (instanceId.equals(ViewId.GLOBAL)) {
      throw new BadRequestException(view + " does not support global view access");
    }
    return ofProcess(viewSet, instanceId, schema, source);
  }

  private static View ofProcess(
      String viewSet, String instanceId, ViewSchema schema, ViewSource source) {
    ViewId id = new ViewId(viewSet, InstanceIds.canonical(instanceId));
    return new View(id, schema, source, Optional.empty());
  }
}
