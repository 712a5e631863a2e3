package micromegas.tracing.opentelemetry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButOpenTelemetryAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "io.opentelemetry.api..",
            "io.opentelemetry.context..",
            "io.opentelemetry.sdk..",
            "micromegas.tracing",
            "micromegas.tracing.opentelemetry..",
            "micromegas.transit",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    OpenTelemetryBridge.class.getProtectionDomain().getCodeSource().getLocation()));
  }
}
