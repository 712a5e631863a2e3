package micromegas.tracing.slf4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButSlf4jAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "org.slf4j..",
            "micromegas.tracing",
            "micromegas.tracing.adapter",
            "micromegas.tracing.slf4j..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    MicromegasServiceProvider.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()));
  }
}
