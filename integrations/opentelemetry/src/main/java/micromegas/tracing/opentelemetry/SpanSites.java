package micromegas.tracing.opentelemetry;

import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.Sites;

/// The call site of the spans of each instrumentation scope, whose name is the target. Thread-safe.
final class SpanSites {
  private static final int MAX_SCOPES = 1_024;

  private final Recent<String, NamedAsyncSpanSite> sites =
      new Recent<>(MAX_SCOPES, scope -> Sites.of(scope, "", 0).namedAsyncSpan());

  NamedAsyncSpanSite of(String scope) {
    return sites.get(scope);
  }
}
