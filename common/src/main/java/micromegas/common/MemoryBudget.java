package micromegas.common;

/// How the one memory setting (`--memory`) is split. Every stage streams within its share.
///
/// | share | part |
/// |---|---|
/// | Java heap (columns being decoded, caches, protocol buffers) | 40 % |
/// | query engine (`memory_limit` of the instance that users query) | 35 % |
/// | materialisation engine (merges, SQL batch views) | 15 % |
/// | Arrow buffers on their way to clients | 10 % |
///
/// @param totalBytes the setting; at least 256 MiB
public record MemoryBudget(long totalBytes) {
  private static final long MIB = 1024L * 1024L;

  public MemoryBudget {
    if (totalBytes < 256 * MIB) {
      throw new BadRequestException(
          "memory must be at least 256MiB, got " + totalBytes / MIB + "MiB");
    }
  }

  /// Half of the machine's memory, at most 4 GiB.
  public static MemoryBudget defaultFor(long physicalBytes) {
    return new MemoryBudget(Math.max(256 * MIB, Math.min(physicalBytes / 2, 4096 * MIB)));
  }

  public long heapBytes() {
    return totalBytes * 40 / 100;
  }

  public long queryEngineBytes() {
    return totalBytes * 35 / 100;
  }

  public long materializationEngineBytes() {
    return totalBytes * 15 / 100;
  }

  public long arrowBytes() {
    return totalBytes * 10 / 100;
  }
}
