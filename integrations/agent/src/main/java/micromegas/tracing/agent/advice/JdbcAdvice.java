package micromegas.tracing.agent.advice;

import java.sql.Statement;
import micromegas.tracing.Name;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.agent.context.WeakIdentityMap;
import micromegas.tracing.spi.Recorder;
import org.jspecify.annotations.Nullable;

/// A span for each execution of a statement, named by the shape of its SQL. Of a statement inside
/// another, as pools and drivers nest them, only the outermost counts.
final class JdbcAdvice implements Advice {
  private static final Integer NESTED = -1;

  private final NamedSpanSite site = Sites.of("java.sql.Statement", "", 0).namedSpan();
  private final Name unknown = Name.of("SQL (unknown statement)");
  private final Outermost outermost = new Outermost();
  private final SqlNames names;
  private final WeakIdentityMap<Name> prepared;

  /// @param prepared names of statements that were prepared
  JdbcAdvice(SqlNames names, WeakIdentityMap<Name> prepared) {
    this.names = names;
    this.prepared = prepared;
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    if (!(self instanceof Statement)) {
      return null;
    }
    if (!outermost.enter()) {
      return NESTED;
    }
    return outermost.begin(() -> {
      Name name = argument instanceof String sql ? names.of(sql) : prepared.get(self);
      return site.begin(name == null ? unknown : name);
    });
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    outermost.leave();
    Recorder.end((Integer) token);
  }
}
