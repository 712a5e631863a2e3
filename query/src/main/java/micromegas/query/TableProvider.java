package micromegas.query;

import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/// A table as the engine sees it. Thread-safe.
public interface TableProvider {
  /// Name in SQL, lower case.
  String name();

  /// Columns in result order, with the types of the stored files: dictionary types and nullability
  /// included.
  Schema schema();

  /// The columns to which a request's range applies; empty for tables without event time.
  Optional<EventTimeColumns> eventTime();

  /// Brings the table up to date for `request` (unless told not to) and says where its rows are.
  /// May take long; honours interruption of the calling thread.
  ///
  /// @throws micromegas.common.MicromegasException with a message for the user
  ScanPlan scan(ScanRequest request);
}
