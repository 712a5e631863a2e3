package micromegas.tracing.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButSpringItsPartnersAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "jakarta.servlet..",
            "reactor..",
            "org.reactivestreams..",
            "org.springframework..",
            "io.micrometer..",
            "ch.qos.logback..",
            "org.slf4j..",
            "micromegas.tracing",
            "micromegas.tracing.logback",
            "micromegas.tracing.micrometer",
            "micromegas.tracing.spring..",
            "micromegas.transit",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    TelemetrySession.class.getProtectionDomain().getCodeSource().getLocation()));
  }
}
