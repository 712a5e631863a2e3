package micromegas.tracing.agent.advice;

import java.net.http.HttpRequest;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.spi.Recorder;
import org.jspecify.annotations.Nullable;

/// A span for each request that the JDK's HTTP client sends while its caller waits.
final class HttpSendAdvice implements Advice {
  private final NamedSpanSite site = Sites.of("java.net.http.HttpClient", "", 0).namedSpan();
  private final BoundedNames names;

  HttpSendAdvice(int maxNames) {
    names = new BoundedNames(maxNames, "HTTP (other)");
  }

  /// The name of a request: method and host.
  static String text(HttpRequest request) {
    return request.method() + " " + request.uri().getHost();
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return argument instanceof HttpRequest request ? site.begin(names.of(text(request))) : null;
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    Recorder.end((Integer) token);
  }
}
