package dev.warren.contract.calculator;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A number of the {@link NumberRange}, or a list of them. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {AcceptableNumber.One.class, AcceptableNumber.Each.class})
@interface AcceptableNumber {

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says what is wrong in its own words. */
  final class One implements ConstraintValidator<AcceptableNumber, BigDecimal> {

    @Override
    public boolean isValid(@Nullable BigDecimal number, ConstraintValidatorContext context) {
      if (number == null) {
        return true; // @NotNull says so, where it must be there
      }
      var problem = NumberRange.problemWith(number);
      problem.ifPresent(
          detail -> {
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(detail).addConstraintViolation();
          });
      return problem.isEmpty();
    }
  }

  /** Says which is the first that is wrong; with thousands of them, one is enough. */
  final class Each implements ConstraintValidator<AcceptableNumber, List<@Nullable BigDecimal>> {

    @Override
    public boolean isValid(
        @Nullable List<@Nullable BigDecimal> numbers, ConstraintValidatorContext context) {
      if (numbers == null) {
        return true;
      }
      for (var i = 0; i < numbers.size(); i++) {
        var number = numbers.get(i);
        var detail =
            number == null ? "must not be null" : NumberRange.problemWith(number).orElse("");
        if (!detail.isEmpty()) {
          context.disableDefaultConstraintViolation();
          context
              .buildConstraintViolationWithTemplate(detail)
              .addBeanNode()
              .inIterable()
              .atIndex(i)
              .addConstraintViolation();
          return false;
        }
      }
      return true;
    }
  }
}
