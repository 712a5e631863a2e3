package micromegas.lake.partition;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import micromegas.common.TimeRange;

/// Listing and atomic replacement of partitions. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer and
/// [micromegas.common.CorruptDataException] when a row breaks the invariants of the table.
public interface PartitionStore {

  /// Partitions of one instance whose event range meets `range`, with the given schema hash,
  /// ordered by begin of insert time, then path. With [TimeRange#ALL] empty partitions are listed
  /// too.
  List<Partition> listByEventTime(
      String viewSet, String instanceId, TimeRange range, byte[] schemaHash);

  /// Partitions of one instance, of any schema hash, whose **closed** insert range meets `[begin,
  /// end]`, in the same order. Callers of half-open slices filter the touching neighbours
  /// themselves.
  List<Partition> listByInsertTime(String viewSet, String instanceId, Instant begin, Instant end);

  /// Partitions of all views and instances whose insert range strictly overlaps `[begin, end)`
  /// (`begin_insert_time < end AND end_insert_time > begin`), in the same order.
  List<Partition> snapshot(Instant begin, Instant end);

  /// Every partition, for `list_partitions()`.
  List<Partition> listAll();

  /// Registers the intent to upload a file, before the upload starts, so that a crash leaves
  /// nothing that nobody knows of. The registration ends with [#commit] or [#abandon]; what stays
  /// is collected later.
  void registerUpload(String filePath);

  /// In one transaction: takes the partition lock, retires what `rule` says (their files become
  /// temporary files for one hour), inserts `partition`, ends the registration of its file.
  ///
  /// @return the retired partitions
  /// @throws micromegas.common.ConflictException when the partition would overlap another one that
  ///   `rule` keeps, or when the inputs that `rule` names are not what is there; nothing has
  ///   changed then, and the registration stays for the collector
  List<Partition> commit(Partition partition, RetireRule rule);

  /// Ends the registration of an upload that failed; the caller has deleted the object.
  void abandon(String filePath);

  /// Retires the partitions of an instance whose insert range lies inside `[begin, end]`.
  List<Partition> retire(String viewSet, String instanceId, Instant begin, Instant end);

  /// Retires the one partition with this file.
  Optional<Partition> retireByFile(String filePath);

  /// Retires the one partition with exactly these insert bounds.
  Optional<Partition> retireByMetadata(
      String viewSet, String instanceId, Instant begin, Instant end);

  /// Retires up to `limit` partitions whose `end_insert_time` is before `horizon`, in one
  /// transaction.
  ///
  /// @return how many were retired
  int retireExpired(Instant horizon, int limit);
}
