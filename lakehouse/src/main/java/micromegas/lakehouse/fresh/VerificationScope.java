package micromegas.lakehouse.fresh;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.ScanRequest;

/// Which hours of insert time a query has to look at.
///
/// @param verify hours whose partitions must be compared with their source, in ascending order
/// @param readable hours whose partitions may hold wanted rows; empty for all
record VerificationScope(NavigableSet<Instant> verify, Optional<NavigableSet<Instant>> readable) {

  /// Event times of SQL views may be rounded by their queries, up to days.
  private static final Duration SQL_SLACK = Duration.ofDays(1);

  /// Hours above which the hours that have blocks are looked up instead of enumerated.
  private static final int MAX_ENUMERATED = 24 * 400;

  private static final VerificationScope NOTHING =
      new VerificationScope(new TreeSet<>(), Optional.of(new TreeSet<>()));

  /// Whether rows of the partition may be wanted.
  boolean mayRead(Partition partition) {
    return readable
        .map(hours -> {
          Instant hour = hours.floor(partition.endInsertTime().minusNanos(Nanos.PER_MICRO));
          return hour != null && hour.plus(SettledHours.HOUR).isAfter(partition.beginInsertTime());
        })
        .orElse(true);
  }

  /// Looks up the scope of one scan.
  ///
  /// @param listed partitions of the view that meet the request's event time
  /// @param bounds insert times of the oldest and the newest block
  static VerificationScope of(
      View view,
      ScanRequest request,
      List<Partition> listed,
      InsertWindows windows,
      Optional<InsertWindows.Bounds> bounds,
      SettledHours settled,
      FreshSettings settings) {
    Set<UUID> processes = canonical(request.processIds());
    Set<UUID> streams = canonical(request.streamIds());
    if ((processes.isEmpty() && !request.processIds().isEmpty())
        || (streams.isEmpty() && !request.streamIds().isEmpty())) {
      return NOTHING; // no row has such an id
    }
    Optional<InsertSlice> window = window(view, request, bounds);
    if (window.isEmpty()) {
      return new VerificationScope(new TreeSet<>(), Optional.empty());
    }
    InsertSlice all = window.get();
    boolean byOrigin = !processes.isEmpty() || !streams.isEmpty();
    Optional<NavigableSet<Instant>> readable =
        byOrigin
            ? Optional.of(
                new TreeSet<>(windows.hours(query(view, all, TimeRange.ALL, processes, streams))))
            : Optional.empty();
    NavigableSet<Instant> hours = new TreeSet<>();
    TimeRange eventTime = blockTimes(view, request.eventTime(), settings);
    if (byOrigin || !eventTime.isAll() || all.length().toHours() > MAX_ENUMERATED) {
      hours.addAll(windows.hours(query(view, all, eventTime, processes, streams)));
    } else {
      hours.addAll(BuildTargets.hours(all.begin(), all.end()));
    }
    VerificationScope wide = new VerificationScope(hours, readable);
    for (Partition partition : listed) {
      if (wide.mayRead(partition)) {
        BuildTargets.hours(partition.beginInsertTime(), partition.endInsertTime()).stream()
            .filter(hour -> all.contains(hour))
            .forEach(hours::add);
      }
    }
    Set<String> paths =
        listed.stream().flatMap(p -> p.filePath().stream()).collect(Collectors.toSet());
    hours.removeIf(hour -> settled.isSettled(view.id(), hour, request.eventTime(), paths));
    return wide;
  }

  /// The hours from the oldest to the newest block, as far as the query wants them.
  private static Optional<InsertSlice> window(
      View view, ScanRequest request, Optional<InsertWindows.Bounds> bounds) {
    if (bounds.isEmpty()) {
      return Optional.empty();
    }
    Instant begin = bounds.get().first();
    Instant end = bounds.get().last();
    // In SQL views the column insert_time is what their query says, not that of a block.
    if (!(view.source() instanceof ViewSource.Sql) && !request.insertTime().isAll()) {
      begin = later(begin, Nanos.toInstant(request.insertTime().beginNanos()));
      end = earlier(end, Nanos.toInstant(request.insertTime().endNanos()));
    }
    if (!countsEvents(view) && request.eventTime().beginNanos() != Long.MIN_VALUE) {
      // The last time of these rows is an insert time.
      Duration slack = view.source() instanceof ViewSource.Sql ? SQL_SLACK : Duration.ZERO;
      begin = later(begin, Nanos.toInstant(request.eventTime().beginNanos()).minus(slack));
    }
    if (begin.isAfter(end)) {
      return Optional.empty();
    }
    return Optional.of(
        new InsertSlice(
            BuildTargets.aligned(begin, SettledHours.HOUR).begin(),
            BuildTargets.aligned(end, SettledHours.HOUR).end()));
  }

  /// The time spans of blocks that may have rows in `range`.
  private static TimeRange blockTimes(View view, TimeRange range, FreshSettings settings) {
    if (range.isAll()) {
      return range;
    }
    return switch (view.source()) {
      case ViewSource.Blocks blocks -> widen(range, settings.clockSlack());
      case ViewSource.Chains chains -> widen(range, settings.clockSlack());
      case ViewSource.BlockRows rows -> new TimeRange(Long.MIN_VALUE, range.endNanos());
      case ViewSource.Sql sql -> countsEvents(view) ? widen(range, SQL_SLACK) : TimeRange.ALL;
    };
  }

  /// Whether the view's rows stem from the events of blocks, so that the time spans of blocks tell
  /// where they are.
  private static boolean countsEvents(View view) {
    return tag(view).isPresent();
  }

  static TimeRange widen(TimeRange range, Duration slack) {
    long nanos = slack.toNanos();
    long begin =
        range.beginNanos() < Long.MIN_VALUE + nanos ? Long.MIN_VALUE : range.beginNanos() - nanos;
    long end =
        range.endNanos() > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : range.endNanos() + nanos;
    return new TimeRange(begin, end);
  }

  private static InsertWindows.HourQuery query(
      View view,
      InsertSlice window,
      TimeRange eventTime,
      Collection<UUID> processes,
      Collection<UUID> streams) {
    return new InsertWindows.HourQuery(
        window.begin(), window.end(), eventTime, tag(view), processes, streams);
  }

  private static Optional<String> tag(View view) {
    return switch (view.source()) {
      case ViewSource.Blocks blocks -> Optional.of(blocks.tag());
      case ViewSource.Chains chains -> Optional.empty(); // has no global view
      case ViewSource.BlockRows rows -> Optional.empty();
      case ViewSource.Sql sql ->
          sql.count() instanceof ViewSource.SourceCount.TaggedObjects tagged
              ? Optional.of(tagged.tag())
              : Optional.empty();
    };
  }

  /// Ids as rows spell them; others match no row.
  private static Set<UUID> canonical(Set<String> ids) {
    return ids.stream().flatMap(id -> parse(id).stream()).collect(Collectors.toSet());
  }

  private static Optional<UUID> parse(String id) {
    try {
      UUID uuid = InstanceIds.parse(id);
      return uuid.toString().equals(id) ? Optional.of(uuid) : Optional.empty();
    } catch (BadRequestException e) {
      return Optional.empty();
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
