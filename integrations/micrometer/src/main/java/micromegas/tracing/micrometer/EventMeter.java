package micromegas.tracing.micrometer;

/// A meter whose samples are recorded one by one, and not at the end of steps.
sealed interface EventMeter permits EventCounter, EventTimer, EventSummary {}
