package micromegas.query.duckdb;

import micromegas.common.MicromegasException;

/// What every query and export shares.
record EngineParts(Supervisor supervisor, NativeThreads threads, Watchdog watchdog) {

  /// The error to show for what a call into the engine threw; tells the supervisor.
  MicromegasException failure(Throwable error, EngineInstance instance, QueryRun run) {
    EngineException engine = EngineErrors.unwrap(error);
    supervisor.report(instance, engine);
    return run.stopReason().orElseGet(() -> EngineErrors.map(engine));
  }
}
