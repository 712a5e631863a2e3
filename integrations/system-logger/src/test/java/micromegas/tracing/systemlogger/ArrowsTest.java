package micromegas.tracing.systemlogger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButTheJdkAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "micromegas.tracing",
            "micromegas.tracing.adapter",
            "micromegas.tracing.systemlogger..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    MicromegasLoggerFinder.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()));
  }
}
