package dev.warren.sender;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.warren.sender",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyTheseTalkToTheBroker =
      noClasses()
          .that()
          .resideOutsideOfPackages("..publishing..", "..consuming..", "..foreign..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.rabbitmq..", "org.springframework.amqp..", "io.netty..");

  @ArchTest
  static final ArchRule publishingKnowsNothingOfHttp =
      noClasses()
          .that()
          .resideInAPackage("..publishing..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.servlet..", "..submission..", "..problems..");

  @ArchTest
  static final ArchRule featuresFormNoCycle =
      slices().matching("dev.warren.sender.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.warren.sender.(**)").should().beFreeOfCycles();
}
