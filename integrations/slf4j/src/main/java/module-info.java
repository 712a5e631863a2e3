/// SLF4J on top of Micromegas, without another logging library.
module micromegas.tracing.slf4j {
  requires micromegas.tracing;
  requires transitive org.slf4j;
  requires static org.jspecify;

  exports micromegas.tracing.slf4j;

  provides org.slf4j.spi.SLF4JServiceProvider with
      micromegas.tracing.slf4j.MicromegasServiceProvider;
}
