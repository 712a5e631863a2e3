/// Log4j 2 lines in the log stream of Micromegas.
module micromegas.tracing.log4j2 {
  requires micromegas.tracing;
  requires transitive org.apache.logging.log4j;
  requires transitive org.apache.logging.log4j.core;
  requires static org.jspecify;

  exports micromegas.tracing.log4j2;

  opens micromegas.tracing.log4j2 to
      org.apache.logging.log4j.core;
}
