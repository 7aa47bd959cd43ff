package dev.warren.contract;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What {@link HttpPayload#problems} finds nothing wrong with. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = AcceptableCall.Check.class)
@interface AcceptableCall {

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says of each field what is wrong in its own words. */
  final class Check implements ConstraintValidator<AcceptableCall, HttpPayload> {

    @Override
    public boolean isValid(HttpPayload call, ConstraintValidatorContext context) {
      var problems = call.problems();
      if (!problems.isEmpty()) {
        context.disableDefaultConstraintViolation();
      }
      problems.forEach(
          (field, detail) ->
              context
                  .buildConstraintViolationWithTemplate(detail)
                  .addPropertyNode(field)
                  .addConstraintViolation());
      return problems.isEmpty();
    }
  }
}
