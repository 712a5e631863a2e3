package micromegas.tracing.junit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButJUnitAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "org.junit.jupiter.api..",
            "org.opentest4j..",
            "micromegas.tracing",
            "micromegas.tracing.spi",
            "micromegas.tracing.testing",
            "micromegas.transit",
            "micromegas.tracing.junit..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    TelemetryExtension.class.getProtectionDomain().getCodeSource().getLocation()));
  }
}
