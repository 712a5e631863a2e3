package micromegas.lakehouse.fresh;

import java.time.Duration;

/// What the freshness of queries may cost.
///
/// @param closedAfter how long after its end an hour or a minute counts as closed, so that blocks
///   that are committed late do not cause a rebuild at once
/// @param settleAfter how long after its end, by PostgreSQL's clock, an hour that was verified and
///   whose writers have all ended is trusted without counting again; at least twice
///   [micromegas.lake.metadata.DatabaseSettings#insertLag], so that no row comes later
/// @param tailObjects source objects of the open hour above which its closed minutes become
///   partitions, and above which a just-in-time instance is stored
/// @param clockSlack by how much event times may lie outside the time span of their block, whose
///   bounds come from another clock
/// @param parallelBuilds partitions that one query builds at the same time
/// @param parallelFetches partition files that one query fetches at the same time
public record FreshSettings(
    Duration closedAfter,
    Duration settleAfter,
    long tailObjects,
    Duration clockSlack,
    int parallelBuilds,
    int parallelFetches) {

  public static final FreshSettings DEFAULT =
      new FreshSettings(
          Duration.ofSeconds(10), Duration.ofMinutes(10), 1_000_000, Duration.ofMinutes(1), 2, 8);
}
