/// Instrumentation for applications.
module micromegas.tracing {
  requires transitive micromegas.transit;
  requires java.management;
  requires java.net.http;
  requires jdk.management;
  requires static org.jspecify;

  exports micromegas.tracing;
  exports micromegas.tracing.adapter;
  exports micromegas.tracing.spi;
  exports micromegas.tracing.testing;
}
