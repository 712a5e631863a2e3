package micromegas.examples.springboot;

import micromegas.tracing.Span;
import org.springframework.stereotype.Component;

/// What orders cost.
@Component
class Prices {

  /// A span of its thread, with the agent.
  @Span
  long of(int order) {
    if (order == 13) {
      throw new IllegalArgumentException("nobody orders 13");
    }
    return 100L * order + 99;
  }
}
