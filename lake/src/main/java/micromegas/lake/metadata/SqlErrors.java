package micromegas.lake.metadata;

import java.sql.SQLException;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.MicromegasException;
import micromegas.common.UnavailableException;

/// Maps errors of PostgreSQL to the family of errors that the rest of the system knows.
public final class SqlErrors {
  /// SQLSTATE of an insert that an exclusion constraint rejects.
  public static final String EXCLUSION_VIOLATION = "23P01";

  private SqlErrors() {}

  /// @param action what was attempted, with ids, such as "insert block …"
  public static MicromegasException translate(SQLException error, String action) {
    String message = action + ": " + error.getMessage();
    String state = state(error);
    if (state.startsWith("22") || state.equals("54000")) {
      return new BadRequestException(message, error);
    }
    if (state.startsWith("23")) {
      return new ConflictException(message, error);
    }
    if (state.equals("53100")) {
      return new UnavailableException(action + ": the disk of PostgreSQL is full", error);
    }
    return new UnavailableException(message, error);
  }

  /// Whether the server judged the values of this statement, so that others may still succeed.
  public static boolean isAboutTheData(SQLException error) {
    String state = state(error);
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
  }

  /// Whether the connection broke, so that nobody knows what became of the statement.
  public static boolean outcomeIsUnknown(SQLException error) {
    String state = state(error);
    return state.isEmpty() || state.startsWith("08") || state.startsWith("57P");
  }

  private static String state(SQLException error) {
    String state = error.getSQLState();
    return state == null ? "" : state;
  }
}
