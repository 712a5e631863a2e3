package micromegas.lakehouse.maintenance;

/// What one pass did, in slices of single views.
///
/// @param created built from source
/// @param merged merged from smaller partitions
/// @param upToDate nothing to do
/// @param skipped without source objects and partitions, and not worth an empty partition
/// @param aborted left alone because a partition reaches outside the slice
public record PassResult(int created, int merged, int upToDate, int skipped, int aborted) {
  public static final PassResult NOTHING = new PassResult(0, 0, 0, 0, 0);

  static final PassResult CREATED = new PassResult(1, 0, 0, 0, 0);
  static final PassResult MERGED = new PassResult(0, 1, 0, 0, 0);
  static final PassResult UP_TO_DATE = new PassResult(0, 0, 1, 0, 0);
  static final PassResult SKIPPED = new PassResult(0, 0, 0, 1, 0);
  static final PassResult ABORTED = new PassResult(0, 0, 0, 0, 1);

  PassResult plus(PassResult other) {
    return new PassResult(
        created + other.created,
        merged + other.merged,
        upToDate + other.upToDate,
        skipped + other.skipped,
        aborted + other.aborted);
  }

  /// Whether the lake changed.
  public boolean wrote() {
    return created + merged > 0;
  }
}
