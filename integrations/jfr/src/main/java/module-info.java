/// Events of the flight recorder beside spans.
module micromegas.tracing.jfr {
  requires transitive micromegas.tracing;
  requires jdk.jfr;
  requires static org.jspecify;

  exports micromegas.tracing.jfr;
}
