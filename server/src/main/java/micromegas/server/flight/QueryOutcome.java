package micromegas.server.flight;

import io.grpc.Status;

/// How a query ended.
enum QueryOutcome {
  OK("ok", ""),
  /// The client went away.
  INCOMPLETE("incomplete", ""),
  USER_ERROR("error", "user"),
  RESOURCE_ERROR("error", "resource"),
  INTERNAL_ERROR("error", "internal");

  private final String status;
  private final String errorClass;

  QueryOutcome(String status, String errorClass) {
    this.status = status;
    this.errorClass = errorClass;
  }

  static QueryOutcome ofError(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED -> USER_ERROR;
      case RESOURCE_EXHAUSTED -> RESOURCE_ERROR;
      default -> INTERNAL_ERROR;
    };
  }

  /// `status` of the audit record.
  String status() {
    return status;
  }

  /// `error_class` of the audit record; empty without an error.
  String errorClass() {
    return errorClass;
  }
}
