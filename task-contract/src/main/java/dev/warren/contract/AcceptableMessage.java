package dev.warren.contract;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** What {@link MessagePayload#problemWith} finds nothing wrong with. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = AcceptableMessage.Check.class)
@interface AcceptableMessage {

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says what is wrong in its own words. */
  final class Check implements ConstraintValidator<AcceptableMessage, String> {

    @Override
    public boolean isValid(@Nullable String message, ConstraintValidatorContext context) {
      if (message == null) {
        return true; // @NotNull says so
      }
      var problem = MessagePayload.problemWith(message);
      problem.ifPresent(
          detail -> {
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(detail).addConstraintViolation();
          });
      return problem.isEmpty();
    }
  }
}
