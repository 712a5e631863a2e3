package micromegas.tracing.agent.advice;

import java.net.http.HttpRequest;
import java.util.concurrent.CompletionStage;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// An async span for each request that the JDK's HTTP client sends, until its response has come.
final class HttpSendAsyncAdvice implements Advice {
  private final NamedAsyncSpanSite site =
      Sites.of("java.net.http.HttpClient", "", 0).namedAsyncSpan();
  private final BoundedNames names;

  HttpSendAsyncAdvice(int maxNames) {
    names = new BoundedNames(maxNames, "HTTP (other)");
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return argument instanceof HttpRequest request
        ? site.begin(names.of(HttpSendAdvice.text(request)))
        : null;
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    AsyncSpan span = (AsyncSpan) token;
    if (result instanceof CompletionStage<?> stage) {
      var unused = stage.whenComplete((response, lateFailure) -> span.end());
    } else {
      span.end();
    }
  }
}
