package micromegas.tracing.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import micromegas.tracing.Telemetry;
import micromegas.tracing.jfr.JfrRecorder;
import micromegas.transit.BlockInfo;
import net.jpountz.lz4.LZ4Factory;
import org.objectweb.asm.ClassReader;

/// The agent's jar: the build's, or, where the tests run without one, a jar of the same classes.
final class AgentJar {
  private static final List<Class<?>> PARTS =
      List.of(
          AgentMain.class,
          JfrRecorder.class,
          Telemetry.class,
          BlockInfo.class,
          LZ4Factory.class,
          ClassReader.class);

  private AgentJar() {}

  static Path path() throws IOException {
    String built = System.getProperty("micromegas.agent.jar", "");
    return built.isEmpty() ? pack() : Path.of(built);
  }

  private static synchronized Path pack() throws IOException {
    Path jar = Path.of("target", "micromegas-agent-of-tests.jar").toAbsolutePath();
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(new Attributes.Name("Premain-Class"), AgentMain.class.getName());
    attributes.put(new Attributes.Name("Agent-Class"), AgentMain.class.getName());
    attributes.put(Attributes.Name.MAIN_CLASS, AttachMain.class.getName());
    attributes.put(new Attributes.Name("Can-Retransform-Classes"), "true");
    Set<String> seen = new LinkedHashSet<>();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Class<?> part : PARTS) {
        Path from = ChildJvm.location(part);
        if (Files.isDirectory(from)) {
          addDirectory(from, out, seen);
        } else {
          addJar(from, out, seen);
        }
      }
    }
    return jar;
  }

  private static void addDirectory(Path from, JarOutputStream out, Set<String> seen)
      throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        add(from.relativize(file).toString(), Files.readAllBytes(file), out, seen);
      }
    }
  }

  private static void addJar(Path from, JarOutputStream out, Set<String> seen) throws IOException {
    try (JarFile jar = new JarFile(from.toFile())) {
      for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        add(entry.getName(), jar.getInputStream(entry).readAllBytes(), out, seen);
      }
    }
  }

  private static void add(String name, byte[] content, JarOutputStream out, Set<String> seen)
      throws IOException {
    if (!name.endsWith("module-info.class") && seen.add(name)) {
      out.putNextEntry(new JarEntry(name));
      out.write(content);
      out.closeEntry();
    }
  }
}
