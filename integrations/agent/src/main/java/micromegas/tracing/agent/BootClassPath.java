package micromegas.tracing.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Puts the classes that woven code calls on the boot class path, where every class sees them. The
/// JVM takes jars only, so they are copied out of the agent's into a temporary one.
final class BootClassPath {
  private static final String PREFIX = "micromegas/tracing/agent/boot/";

  private BootClassPath() {}

  static void append(Instrumentation instrumentation) throws IOException {
    Path agentJar = ownJar();
    Path copy = Files.createTempFile("micromegas-agent-", ".jar");
    copy.toFile().deleteOnExit();
    try (JarFile agent = new JarFile(agentJar.toFile(), false);
        OutputStream file = Files.newOutputStream(copy);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Enumeration<JarEntry> entries = agent.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (entry.getName().startsWith(PREFIX) && entry.getName().endsWith(".class")) {
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream in = agent.getInputStream(entry)) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
    }
    instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(copy.toFile(), false));
  }

  private static Path ownJar() throws IOException {
    CodeSource source = BootClassPath.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new IOException("the agent does not know its own jar");
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("the agent does not understand " + source.getLocation(), e);
    }
  }
}
