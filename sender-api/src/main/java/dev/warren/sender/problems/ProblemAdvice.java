package dev.warren.sender.problems;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers for the endpoints what they throw. What Spring MVC itself refuses goes the container's
 * way, see {@link ProblemErrorController}.
 */
@RestControllerAdvice
final class ProblemAdvice {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  void refused(RequestRefused refused, HttpServletResponse response) throws IOException {
    refused.problem().writeTo(response);
  }

  /** Also where no connection was to be had for a transaction, which is no failed access. */
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  void ledgerFailed(NestedRuntimeException failure, HttpServletResponse response)
      throws IOException {
    if (failure instanceof CannotCreateTransactionException
        || failure instanceof TransientDataAccessException
        || failure instanceof NonTransientDataAccessResourceException) {
      log.debug("the ledger's database does not answer", failure);
    } else {
      log.warn("the ledger could not be asked", failure);
    }
    Problem.of(
            ProblemType.LEDGER_UNAVAILABLE,
            "The ledger's database does not answer. Tasks are taken and done all the same;"
                + " ask again after Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, "5")
        .writeTo(response);
  }
}
