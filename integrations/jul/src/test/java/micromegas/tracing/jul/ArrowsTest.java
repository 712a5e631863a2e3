package micromegas.tracing.jul;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButTheJdkAndWhatIsExportedIsNeeded() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "micromegas.tracing",
            "micromegas.tracing.adapter",
            "micromegas.tracing.jul..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    MicromegasHandler.class.getProtectionDomain().getCodeSource().getLocation()));
  }
}
