package micromegas.lakehouse.blocks;

/// Positions of the columns of `images` (`views.md` 9); the order is that of files and results. The
/// first eight are those of [LogColumns].
public final class ImageColumns {
  public static final int TIME = LogColumns.TIME;
  public static final int NAME = 8;
  public static final int FORMAT = 9;
  public static final int PAYLOAD_SIZE = 10;
  public static final int DATA = 11;
  public static final int COUNT = 12;

  private ImageColumns() {}
}
