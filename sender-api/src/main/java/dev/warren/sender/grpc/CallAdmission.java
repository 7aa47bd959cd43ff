package dev.warren.sender.grpc;

import dev.warren.contract.Origin;
import dev.warren.contract.TraceParent;
import dev.warren.sender.access.Admission;
import dev.warren.sender.access.Scope;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.tracing.RequestTraces;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Who may call what. What is not named is only for admins, so that nothing is forgotten. */
final class CallAdmission implements ServerInterceptor {

  private static final Metadata.Key<String> AUTHORIZATION = IncomingCall.key("authorization");
  private static final Metadata.Key<String> TRACE = IncomingCall.key(TraceParent.HEADER);

  /** Not to be watched: whoever needs no key would have streams without end. */
  private static final Set<String> OPEN =
      Set.of("grpc.health.v1.Health/Check", "grpc.health.v1.Health/List");

  private static final Map<String, Scope> SERVICES =
      Map.of(
          "warren.v1.Calculator", Scope.SUBMIT,
          "warren.v1.Directory", Scope.SUBMIT,
          "warren.v1.System", Scope.SUBMIT,
          "grpc.health.v1.Health", Scope.READ,
          "grpc.reflection.v1.ServerReflection", Scope.READ,
          "grpc.reflection.v1alpha.ServerReflection", Scope.READ);

  private static final Map<String, Scope> METHODS =
      Map.of(
          "warren.v1.Tasks/Submit", Scope.SUBMIT,
          "warren.v1.Tasks/SubmitStream", Scope.SUBMIT,
          "warren.v1.Tasks/Get", Scope.READ,
          "warren.v1.Tasks/Watch", Scope.READ);

  private final Admission admission;
  private final RequestTraces traces;

  CallAdmission(Admission admission, RequestTraces traces) {
    this.admission = admission;
    this.traces = traces;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
    var method = call.getMethodDescriptor();
    if (OPEN.contains(method.getFullMethodName())) {
      return next.startCall(call, metadata);
    }
    try {
      var authorization = metadata.get(AUTHORIZATION);
      var needed = neededFor(method);
      var origin =
          new Origin(admission.admit(authorization, needed), traces.of(metadata.get(TRACE)));
      var admitted =
          new IncomingCall<>(
              call, origin, metadata, () -> admission.stillAdmits(authorization, needed));
      return Contexts.interceptCall(admitted.asCurrent(), admitted, metadata, next);
    } catch (RequestRefused e) {
      var refusal = CallRefusals.of(e.problem());
      call.close(refusal.getStatus(), Objects.requireNonNull(refusal.getTrailers()));
      return new ServerCall.Listener<>() {};
    }
  }

  private static Scope neededFor(MethodDescriptor<?, ?> method) {
    var ofService = SERVICES.get(Objects.requireNonNull(method.getServiceName()));
    return ofService == null
        ? METHODS.getOrDefault(method.getFullMethodName(), Scope.ADMIN)
        : ofService;
  }
}
