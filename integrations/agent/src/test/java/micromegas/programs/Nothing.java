package micromegas.programs;

/// Does nothing, and says how much processor time that took.
public final class Nothing {
  private Nothing() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0) {
      System.out.println(
          "cpu " + ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis());
    }
  }
}
