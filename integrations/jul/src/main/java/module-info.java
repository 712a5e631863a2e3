/// `java.util.logging` in the log stream of Micromegas.
module micromegas.tracing.jul {
  requires transitive java.logging;
  requires micromegas.tracing;
  requires static org.jspecify;

  exports micromegas.tracing.jul;
}
