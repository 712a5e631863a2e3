package micromegas.tracing.micrometer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButMicrometerAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "io.micrometer..",
            "micromegas.tracing",
            "micromegas.tracing.micrometer..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    MicromegasMeterRegistry.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()));
  }
}
