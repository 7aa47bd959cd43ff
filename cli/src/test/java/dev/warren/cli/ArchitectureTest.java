package dev.warren.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.warren.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyTheDoorsTalkToWarren =
      noClasses()
          .that()
          .resideOutsideOfPackage("..doors..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "io.grpc..", "dev.warren.grpc..");

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.warren.cli.(*)..").should().beFreeOfCycles();
}
