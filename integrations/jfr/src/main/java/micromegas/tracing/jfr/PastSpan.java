package micromegas.tracing.jfr;

import micromegas.tracing.Name;

/// A span that has ended.
record PastSpan(Name name, long beginTicks, long endTicks) {}
