package micromegas.ingestion;

import java.util.Map;

/// Counts since the service was made; a snapshot, each count exact on its own.
///
/// @param processes registrations of processes that were new
/// @param streams registrations of streams that were new
/// @param blocks blocks whose object and row were both new
/// @param payloadBytes bytes of the objects that were new
/// @param duplicates requests whose id had been stored before
/// @param orphansHealed blocks whose object existed without row
/// @param objectsRecreated blocks whose row existed without object
/// @param rejectedBy requests that were refused for what they are (unreadable, over a limit, of an
///   unknown type), for every door
/// @param forbidden registrations refused because of the write audience
/// @param failed requests that the database or the object store could not take
public record IngestionMetrics(
    long processes,
    long streams,
    long blocks,
    long payloadBytes,
    long duplicates,
    long orphansHealed,
    long objectsRecreated,
    Map<Door, Long> rejectedBy,
    long forbidden,
    long failed) {

  public IngestionMetrics {
    rejectedBy = Map.copyOf(rejectedBy);
  }

  /// Requests that were refused for what they are, by all doors.
  public long rejected() {
    return rejectedBy.values().stream().mapToLong(Long::longValue).sum();
  }
}
