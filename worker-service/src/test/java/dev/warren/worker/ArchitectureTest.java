package dev.warren.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.rabbitmq.client.Channel;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.warren.worker", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule handlersKnowNothingOfAmqp =
      noClasses()
          .that()
          .resideInAPackage("..handlers..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.rabbitmq..",
              "org.springframework.amqp..",
              "..consuming..",
              "..execution..",
              "..publishing..");

  @ArchTest
  static final ArchRule executionKnowsNothingOfAmqp =
      noClasses()
          .that()
          .resideInAPackage("..execution..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.rabbitmq..", "org.springframework.amqp..");

  @ArchTest
  static final ArchRule onlyTheListenerTouchesAChannelOfTasks =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.warren.worker.consuming.TaskListener")
          .and()
          .doNotHaveFullyQualifiedName("dev.warren.worker.control.ControlQueue")
          .and()
          .doNotHaveFullyQualifiedName("dev.warren.worker.presence.PresenceTeller")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Channel.class);

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.warren.worker.(*)..").should().beFreeOfCycles();
}
