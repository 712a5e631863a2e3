package micromegas.tracing.site;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.transit.Dependency;
import org.jspecify.annotations.Nullable;

/// All call sites of the process. A site stays as long as the process; equal ones share an id.
/// Thread-safe.
public final class SiteTable {
  /// Sites beyond this number share one descriptor per kind. A program has some thousands; more are
  /// made by mistake, by names that are computed per call.
  public static final int MAX_SITES = Integer.getInteger("micromegas.telemetry.sites.max", 65_536);

  /// Ids below belong to sites, others to references.
  private static final long FIRST_REFERENCE = 1L << 32;

  private static final SiteTable PROCESS = new SiteTable(MAX_SITES);

  private final int maxSites;
  private final Map<Site, Long> ids = new HashMap<>();
  private final AtomicLong nextReference = new AtomicLong(FIRST_REFERENCE);
  private final AtomicLong refused = new AtomicLong();
  private volatile @Nullable Dependency[] dependencies = new Dependency[256];
  private int size;

  SiteTable(int maxSites) {
    this.maxSites = maxSites;
  }

  /// The table of this process.
  public static SiteTable process() {
    return PROCESS;
  }

  /// Id of a call site: that of an equal one, if there is one.
  public synchronized long id(Site site) {
    Long known = ids.get(site);
    if (known != null) {
      return known;
    }
    Site registered = site;
    if (size >= maxSites) {
      refused.incrementAndGet();
      registered = site.overflow();
      known = ids.get(registered);
      if (known != null) {
        return known;
      }
    }
    long id = ++size;
    @Nullable Dependency[] entries = dependencies;
    if (id >= entries.length) {
      entries = Arrays.copyOf(entries, 2 * entries.length);
    }
    entries[(int) id] = registered.dependency();
    dependencies = entries; // publishes the entry
    ids.put(registered, id);
    return id;
  }

  /// What stands behind the id of a site; null for ids of references.
  public @Nullable Dependency dependency(long id) {
    @Nullable Dependency[] now = dependencies;
    return id > 0 && id < now.length ? now[(int) id] : null;
  }

  /// A new id for something that is not a site.
  public long nextReferenceId() {
    return nextReference.getAndIncrement();
  }

  /// Sites that did not get an id of their own.
  public long refused() {
    return refused.get();
  }
}
