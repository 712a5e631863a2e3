package micromegas.tracing.record;

import micromegas.transit.Dependency;

/// Something that events refer to by id and that may be forgotten by the table that interned it: a
/// property set, a name of the run time. A chunk keeps the references of its events, so the uplink
/// finds them there. Immutable.
public final class Reference {
  private final long id;
  private final Dependency dependency;

  /// @param id from the one space of ids of the process
  public Reference(long id, Dependency dependency) {
    this.id = id;
    this.dependency = dependency;
  }

  public long id() {
    return id;
  }

  public Dependency dependency() {
    return dependency;
  }
}
