package micromegas.tracing.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import micromegas.transit.Dependency;

/// Something that events refer to by id and that may be forgotten by the table that interned it: a
/// property set, a name of the run time. A chunk keeps the references of its events, so the uplink
/// finds them there. Thread-safe.
public final class Reference {
  private static final VarHandle KEEPER;

  static {
    try {
      KEEPER = MethodHandles.lookup().findVarHandle(Reference.class, "keeper", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// The use of a chunk that has kept this last. Set by its writer after it was kept, so a writer
  /// that finds its own use here need not keep it again.
  @SuppressWarnings("unused") // through the handle
  private long keeper;

  private final long id;
  private final Dependency dependency;

  /// @param id from the one space of ids of the process
  public Reference(long id, Dependency dependency) {
    this.id = id;
    this.dependency = dependency;
  }

  boolean isKeptBy(long use) {
    return (long) KEEPER.getOpaque(this) == use;
  }

  void keptBy(long use) {
    KEEPER.setOpaque(this, use);
  }

  public long id() {
    return id;
  }

  public Dependency dependency() {
    return dependency;
  }
}
