package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.adapter.LogBridge;
import org.junit.jupiter.api.Test;

/// An application server loads an application, with this library inside, and drops it again.
class RedeployTest {
  private static final int COLLECTIONS = 3_000;

  /// Loads everything of this project again.
  private static final class ApplicationLoader extends ClassLoader {
    ApplicationLoader() {
      super(RedeployTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("micromegas.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  /// In a JVM that does not keep what is only softly referenced: its own caches of method types do.
  @Test
  void nothingHoldsOnToAnApplicationThatIsGone() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:SoftRefLRUPolicyMSPerMB=0",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                RedeployTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertThat(output.lines()).contains("deployed", "gone");
  }

  /// Deploys an application twice and says whether both are gone.
  public static void main(String[] arguments) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2); // outlives the application
    List<WeakReference<ClassLoader>> applications = List.of(deploy(pool), deploy(pool));
    System.out.println("deployed");
    // The thread of an HTTP client looks every three seconds whether anybody uses it.
    for (int i = 0; i < COLLECTIONS && applications.stream().anyMatch(a -> a.get() != null); i++) {
      System.gc();
      pool.submit(() -> 1).get();
      LockSupport.parkNanos(10_000_000);
    }
    System.out.println(applications.stream().allMatch(a -> a.get() == null) ? "gone" : "held");
    pool.shutdown();
  }

  private static WeakReference<ClassLoader> deploy(ExecutorService pool) throws Exception {
    ClassLoader loader = new ApplicationLoader();
    Class<?> application = loader.loadClass(Application.class.getName());
    if (application == Application.class) {
      throw new IllegalStateException("not loaded again");
    }
    Object instance = application.getDeclaredConstructor().newInstance();
    for (int i = 0; i < 4; i++) {
      Future<?> done = pool.submit((Runnable) instance);
      done.get();
    }
    ((Runnable) instance).run();
    ((AutoCloseable) instance).close();
    return new WeakReference<>(loader);
  }

  /// Starts telemetry, records on whatever thread runs it, and ends telemetry.
  public static final class Application implements Runnable, AutoCloseable {
    private static final SpanSite SPAN = Sites.here().span("work");
    private static final AsyncSpanSite TASK = Sites.here().asyncSpan("task");
    private static final Log LOG = Log.of(Application.class);
    private static final LogBridge BRIDGE = early();

    private final Telemetry telemetry =
        Telemetry.builder()
            .server(URI.create("http://127.0.0.1:9")) // nobody there
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .shutdownTimeout(Duration.ZERO)
            .start();

    /// The bridge of a logging library, which is used before telemetry starts.
    private static LogBridge early() {
      LogBridge bridge = new LogBridge();
      bridge.log("orders", Level.INFO, "early", PropertySet.of("a", "b"), new Exception());
      return bridge;
    }

    @Override
    public void run() {
      try (SpanScope scope = SPAN.enter()) {
        LOG.info("a line");
        TASK.run(() -> SPAN.enter().close());
      }
      SPAN.enter(); // never closed
    }

    @Override
    public void close() {
      telemetry.close();
      BRIDGE.log("orders", Level.INFO, "late", PropertySet.EMPTY, new Exception());
      SpanContext.current().run(() -> SPAN.enter().close()); // late
    }
  }
}
