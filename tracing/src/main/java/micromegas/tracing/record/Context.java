package micromegas.tracing.record;

import org.jspecify.annotations.Nullable;

/// What new async spans and details belong to; passed from thread to thread.
///
/// @param spanId the async span that is the parent of new ones; 0 for none
/// @param depth of new ones
/// @param work the unit of work whose details wait; null for none
public record Context(long spanId, int depth, @Nullable Work work) {
  public static final Context ROOT = new Context(0, 0, null);
}
