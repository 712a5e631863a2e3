/// Micromegas as the backend of `System.Logger`.
module micromegas.tracing.systemlogger {
  requires micromegas.tracing;
  requires static org.jspecify;

  exports micromegas.tracing.systemlogger;

  provides System.LoggerFinder with
      micromegas.tracing.systemlogger.MicromegasLoggerFinder;
}
