package micromegas.tracing.agent.advice;

import micromegas.tracing.Name;
import micromegas.tracing.agent.context.WeakIdentityMap;
import org.jspecify.annotations.Nullable;

/// Remembers the SQL of statements that are prepared.
final class JdbcPrepareAdvice implements Advice {
  private final SqlNames names;
  private final WeakIdentityMap<Name> prepared;

  JdbcPrepareAdvice(SqlNames names, WeakIdentityMap<Name> prepared) {
    this.names = names;
    this.prepared = prepared;
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return argument;
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    if (result != null && token instanceof String sql) {
      prepared.put(result, names.of(sql));
    }
  }
}
