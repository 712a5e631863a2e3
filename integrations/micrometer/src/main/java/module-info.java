/// Micrometer meters in the metrics stream of Micromegas.
module micromegas.tracing.micrometer {
  requires transitive micrometer.core;
  requires micromegas.tracing;
  requires static org.jspecify;

  exports micromegas.tracing.micrometer;
}
