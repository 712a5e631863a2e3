package micromegas.lakehouse.view;

/// One view instance.
///
/// @param instanceId `global`, or a canonical (lower-case, hyphenated) process or stream id
public record ViewId(String viewSet, String instanceId) {
  public static final String GLOBAL = "global";

  public static ViewId global(String viewSet) {
    return new ViewId(viewSet, GLOBAL);
  }

  public boolean isGlobal() {
    return instanceId.equals(GLOBAL);
  }

  @Override
  public String toString() {
    return viewSet + "/" + instanceId;
  }
}
