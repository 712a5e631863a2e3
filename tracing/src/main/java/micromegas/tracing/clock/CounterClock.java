package micromegas.tracing.clock;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The counter of the processor, read by two instructions in an executable page of our own through
/// the foreign function API of JDK 22 and later. It costs half of `System.nanoTime()`.
///
/// The API is found by reflection, once, because this module runs on Java 17; the result is one
/// constant method handle, which compiled code calls like a method. The page is written, then made
/// executable and no longer writable, and stays as long as the process. On aarch64, where caches of
/// instructions do not follow stores, the kernel makes them do so when a page becomes executable
/// (`__sync_icache_dcache` in its `arch/arm64/mm/flush.c`).
///
/// Refused, with the reason, where the counter cannot be trusted or reached: before JDK 22, without
/// native access, on other systems than Linux, on other processors than x86-64 and aarch64, and
/// where the kernel itself does not use the counter as its clock (it compares the counters of all
/// processors, we cannot).
final class CounterClock {
  private static final int FIRST_JDK = 22;
  private static final long PAGE = 4_096;
  private static final int READ_WRITE = 1 | 2;
  private static final int READ_EXECUTE = 1 | 4;
  private static final int PRIVATE_ANONYMOUS = 2 | 0x20;

  /// `rdtsc; shl rdx, 32; or rax, rdx; ret`.
  private static final byte[] X86_64 = {
    0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 0x20, 0x48, 0x09, (byte) 0xd0, (byte) 0xc3
  };

  /// `mrs x0, cntvct_el0; ret`.
  private static final byte[] AARCH64 = {
    0x40, (byte) 0xe0, 0x3b, (byte) 0xd5, (byte) 0xc0, 0x03, 0x5f, (byte) 0xd6
  };

  private static final Path CLOCK_SOURCE =
      Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");

  private CounterClock() {}

  /// The handle, of type `()long`, or the reason why there is none.
  ///
  /// @param handle null when refused
  /// @param refusal empty when there is a handle
  record Result(Optional<MethodHandle> handle, String refusal) {}

  /// Makes the counter readable.
  static Result open() {
    String refusal = refusal();
    if (!refusal.isEmpty()) {
      return new Result(Optional.empty(), refusal);
    }
    try {
      return new Result(Optional.of(stub(code(arch().equals("aarch64")))), "");
    } catch (Throwable e) { // a security rule of the system, native access that is not granted
      return new Result(Optional.empty(), "the counter cannot be reached: " + e);
    }
  }

  /// A function without arguments that returns the counter, by the C calling convention.
  ///
  /// @param arm for aarch64, otherwise for x86-64
  static byte[] code(boolean arm) {
    return (arm ? AARCH64 : X86_64).clone();
  }

  /// Why the counter is not to be used here; empty when it may be.
  static String refusal() {
    String os = System.getProperty("os.name", "");
    return refusal(Runtime.version().feature(), os, arch(), clockSource());
  }

  private static String arch() {
    return System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
  }

  /// Why the counter is not to be used; empty when it may be.
  ///
  /// @param clockSource of the kernel
  static String refusal(int jdk, String os, String arch, String clockSource) {
    if (jdk < FIRST_JDK) {
      return "the counter needs JDK " + FIRST_JDK + " or later, this is " + jdk;
    }
    if (!os.equals("Linux")) {
      return "the counter is read on Linux only, this is " + os;
    }
    boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
    if (!x86 && !arch.equals("aarch64")) {
      return "the counter of " + arch + " is not known";
    }
    String expected = x86 ? "tsc" : "arch_sys_counter";
    if (!clockSource.equals(expected)) {
      return "the kernel does not trust the counter: its clock source is \"" + clockSource + '"';
    }
    return "";
  }

  private static String clockSource() {
    try {
      return Files.readString(CLOCK_SOURCE).trim();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  private static MethodHandle stub(byte[] code) throws Throwable {
    Foreign foreign = Foreign.find();
    Object page =
        foreign
            .function(
                "mmap",
                long.class,
                long.class,
                long.class,
                int.class,
                int.class,
                int.class,
                long.class)
            .invokeWithArguments(0L, PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
    long address = (long) page;
    if (address == -1) {
      throw new IllegalStateException("mmap failed");
    }
    foreign.copy(code, address);
    Object done =
        foreign
            .function("mprotect", int.class, long.class, long.class, int.class)
            .invokeWithArguments(address, PAGE, READ_EXECUTE);
    if ((int) done != 0) {
      throw new IllegalStateException("the system does not let a page become executable");
    }
    return foreign.critical(address);
  }

  /// The part of `java.lang.foreign` that is needed.
  private record Foreign(
      Object linker,
      Class<?> linkerType,
      Class<?> segment,
      Class<?> layout,
      Class<?> descriptor,
      Class<?> option) {

    static Foreign find() throws ReflectiveOperationException {
      Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
      return new Foreign(
          linkerType.getMethod("nativeLinker").invoke(null),
          linkerType,
          Class.forName("java.lang.foreign.MemorySegment"),
          Class.forName("java.lang.foreign.MemoryLayout"),
          Class.forName("java.lang.foreign.FunctionDescriptor"),
          Class.forName("java.lang.foreign.Linker$Option"));
    }

    /// A function of the C library.
    MethodHandle function(String name, Class<?> result, Class<?>... arguments)
        throws ReflectiveOperationException {
      Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
      Class<?> lookupType = Class.forName("java.lang.foreign.SymbolLookup");
      Optional<?> found =
          (Optional<?>) lookupType.getMethod("find", String.class).invoke(lookup, name);
      Object address =
          found.orElseThrow(() -> new IllegalStateException("there is no function " + name));
      Object layouts = java.lang.reflect.Array.newInstance(layout, arguments.length);
      for (int i = 0; i < arguments.length; i++) {
        java.lang.reflect.Array.set(layouts, i, layout(arguments[i]));
      }
      return handle(address, result, layouts, 0);
    }

    /// The function at an address: `long f()`, called without leaving Java, so that it must be
    /// short.
    MethodHandle critical(long address) throws ReflectiveOperationException {
      Object segmentAt = segment.getMethod("ofAddress", long.class).invoke(null, address);
      Object none = java.lang.reflect.Array.newInstance(layout, 0);
      return handle(segmentAt, long.class, none, 1);
    }

    private MethodHandle handle(Object address, Class<?> result, Object layouts, int options)
        throws ReflectiveOperationException {
      Object descriptorOf =
          descriptor
              .getMethod("of", layout, layouts.getClass())
              .invoke(null, layout(result), layouts);
      Object all = java.lang.reflect.Array.newInstance(option, options);
      if (options == 1) {
        Object critical = option.getMethod("critical", boolean.class).invoke(null, false);
        java.lang.reflect.Array.set(all, 0, critical);
      }
      return (MethodHandle)
          linkerType
              .getMethod("downcallHandle", segment, descriptor, all.getClass())
              .invoke(linker, address, descriptorOf, all);
    }

    private static Object layout(Class<?> type) throws ReflectiveOperationException {
      return Class.forName("java.lang.foreign.ValueLayout")
          .getField(type == int.class ? "JAVA_INT" : "JAVA_LONG")
          .get(null);
    }

    void copy(byte[] code, long address) throws Throwable {
      Object at = segment.getMethod("ofAddress", long.class).invoke(null, address);
      MethodHandle reinterpret =
          MethodHandles.lookup() // a restricted method looks at its caller
              .findVirtual(segment, "reinterpret", MethodType.methodType(segment, long.class));
      Object writable = reinterpret.invoke(at, (long) code.length);
      Object source = segment.getMethod("ofArray", byte[].class).invoke(null, (Object) code);
      segment.getMethod("copyFrom", segment).invoke(writable, source);
      Object back = segment.getMethod("asByteBuffer").invoke(writable);
      byte[] read = new byte[code.length];
      ((java.nio.ByteBuffer) back).get(read);
      if (!Arrays.equals(read, code)) {
        throw new IllegalStateException("the page does not hold what was written");
      }
    }
  }
}
