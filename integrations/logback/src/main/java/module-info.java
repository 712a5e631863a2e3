/// Logback lines in the log stream of Micromegas.
module micromegas.tracing.logback {
  requires transitive ch.qos.logback.classic;
  requires transitive ch.qos.logback.core;
  requires micromegas.tracing;
  requires org.slf4j;
  requires static org.jspecify;

  exports micromegas.tracing.logback;
}
