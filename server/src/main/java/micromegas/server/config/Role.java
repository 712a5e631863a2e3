package micromegas.server.config;

/// What a server process does.
public enum Role {
  /// Takes telemetry over HTTP.
  INGESTION,
  /// Answers SQL over FlightSQL.
  FLIGHTSQL,
  /// Keeps the global views current, merges, retires.
  MAINTENANCE
}
