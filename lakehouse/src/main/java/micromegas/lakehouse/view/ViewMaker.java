package micromegas.lakehouse.view;

/// Makes the instances of one view set. Thread-safe.
public interface ViewMaker {
  String viewSet();

  /// Schema and hash of every instance, known without one.
  ViewSchema schema();

  /// @param instanceId as the user wrote it
  /// @return the instance, under its canonical id
  /// @throws micromegas.common.BadRequestException when the set has no such instance
  View make(String instanceId);
}
