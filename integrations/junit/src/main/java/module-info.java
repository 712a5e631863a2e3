/// A test's telemetry beside its failure.
module micromegas.tracing.junit {
  requires transitive micromegas.tracing;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify;

  exports micromegas.tracing.junit;

  opens micromegas.tracing.junit to
      org.junit.platform.commons;
}
