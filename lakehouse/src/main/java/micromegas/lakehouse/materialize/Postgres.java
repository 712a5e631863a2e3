package micromegas.lakehouse.materialize;

import java.util.function.Supplier;
import micromegas.common.UnavailableException;
import org.jdbi.v3.core.JdbiException;

/// Errors of PostgreSQL in the words of the project.
final class Postgres {
  private Postgres() {}

  static <T> T call(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (JdbiException e) {
      throw new UnavailableException("PostgreSQL could not " + what + ": " + e.getMessage(), e);
    }
  }
}
