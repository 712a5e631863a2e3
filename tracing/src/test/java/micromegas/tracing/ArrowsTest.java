package micromegas.tracing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// The parts of the module, and what they may know of each other.
class ArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Telemetry.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void nothingButTheWireIsNeeded() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "com.sun.management..",
            "javax.management..",
            "micromegas.tracing..",
            "micromegas.transit..",
            "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void recordingKnowsNothingOfSending() {
    noClasses()
        .that()
        .resideInAnyPackage("..tracing.record..", "..tracing.site..", "..tracing.clock..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..tracing.uplink..",
            "..tracing.http..",
            "..tracing.settings..",
            "..tracing.spi..",
            "..tracing.monitor..")
        .check(CLASSES);
  }

  @Test
  void cuttingKnowsNothingOfTheNetwork() {
    noClasses()
        .that()
        .resideInAPackage("..tracing.uplink..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..tracing.http..", "..tracing.settings..", "java.net..")
        .check(CLASSES);
  }
}
