package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import micromegas.common.ConflictException;
import micromegas.common.MicromegasException;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.DataLake;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lake.partition.SourceCounts;
import micromegas.lakehouse.view.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a finished file into the lake: one file, one upload, one row. The upload is registered
/// first, so that a crash leaves no object that nobody knows of; the row is inserted last, so that
/// nobody sees a part. Thread-safe.
public final class PartitionWriter {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);
  private static final int FORMAT_VERSION = 2;
  private static final DateTimeFormatter FOLDER =
      DateTimeFormatter.ofPattern("yyyy-MM-dd/HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final DataLake lake;
  private final Clock clock;
  private final FileDescriber describer;

  /// Keeps what else is to be known of a file before its partition becomes visible.
  @FunctionalInterface
  public interface FileDescriber {
    /// @param objectKey of the file in the lake
    void describe(View view, Path file, String objectKey);
  }

  public PartitionWriter(DataLake lake, Clock clock, FileDescriber describer) {
    this.lake = lake;
    this.clock = clock;
    this.describer = describer;
  }

  /// A writer that describes no files.
  public PartitionWriter(DataLake lake, Clock clock) {
    this(lake, clock, (view, file, objectKey) -> {});
  }

  /// Uploads `file` and makes it visible as the partition `[begin, end]` of `view`, in place of
  /// what `rule` retires.
  ///
  /// @param sourceCount objects of the source, undecodable ones excluded
  /// @throws ConflictException when it would overlap a partition that `rule` keeps; nothing stays
  /// @throws UnavailableException when the object store or PostgreSQL fails
  public Partition publish(
      View view,
      Instant begin,
      Instant end,
      PartitionFile file,
      long sourceCount,
      RetireRule rule) {
    Optional<String> key = file.path().map(path -> newKey(view, begin));
    long size = 0;
    if (file.path().isPresent() && key.isPresent()) {
      lake.partitions().registerUpload(key.get());
      try {
        if (!lake.objects().putIfAbsent(key.get(), file.path().get())) {
          throw new UnavailableException("object " + key.get() + " exists already");
        }
        size = java.nio.file.Files.size(file.path().get());
        describer.describe(view, file.path().get(), key.get());
      } catch (java.io.IOException e) {
        throw new UnavailableException("cannot read " + file.path().get(), e);
      }
    }
    Partition partition =
        new Partition(
            view.id().viewSet(),
            view.id().instanceId(),
            begin,
            end,
            file.eventTime().map(PartitionWriter::bounds),
            clock.instant(),
            key,
            size,
            view.schema().hash(),
            SourceCounts.encode(sourceCount),
            file.rows(),
            FORMAT_VERSION,
            file.sortOrder(),
            maxSortKey(file));
    try {
      lake.partitions().commit(partition, rule);
    } catch (ConflictException e) {
      key.ifPresent(refused -> discard(refused, e));
      throw e;
    }
    LOG.debug("{} [{}, {}]: {} rows, {} bytes", view.id(), begin, end, file.rows(), size);
    return partition;
  }

  /// Removes the object of a refused row. Not for other errors, after which the row may be there.
  private void discard(String key, ConflictException refusal) {
    try {
      lake.objects().delete(key);
      lake.partitions().abandon(key);
    } catch (MicromegasException e) {
      // The registration stays, so the collector deletes the object later.
      refusal.addSuppressed(e);
    }
  }

  /// Rounded outward, since PostgreSQL keeps microseconds.
  private static Partition.EventBounds bounds(TimeRange range) {
    return new Partition.EventBounds(
        Nanos.floorToMicros(range.beginNanos()), Nanos.ceilToMicros(range.endNanos()));
  }

  /// Rounded down, as the lower event bound is: the reference refuses to scan files whose largest
  /// key exceeds the lower bound of the next one, and these two may be less than a microsecond
  /// apart.
  private static Optional<Instant> maxSortKey(PartitionFile file) {
    return file.maxSortKeyNanos().isPresent()
        ? Optional.of(Nanos.floorToMicros(file.maxSortKeyNanos().getAsLong()))
        : Optional.empty();
  }

  private static String newKey(View view, Instant begin) {
    return "views/%s/%s/%s_%s.parquet"
        .formatted(
            view.id().viewSet(), view.id().instanceId(), FOLDER.format(begin), UUID.randomUUID());
  }
}
