package dev.warren.sender.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;

/**
 * Lets the initial metadata of a single answer go out before it. The library holds them back until
 * then, unless the method has a stream of answers; on the wire both are the same.
 */
public final class PromptHeaders {

  private PromptHeaders() {}

  public static BindableService of(BindableService service) {
    var bound = service.bindService();
    var descriptor =
        ServiceDescriptor.newBuilder(bound.getServiceDescriptor().getName())
            .setSchemaDescriptor(bound.getServiceDescriptor().getSchemaDescriptor());
    var methods = bound.getMethods().stream().map(PromptHeaders::prompt).toList();
    methods.forEach(each -> descriptor.addMethod(each.getMethodDescriptor()));
    var prompt = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(prompt::addMethod);
    var definition = prompt.build();
    return () -> definition;
  }

  private static <Q, A> ServerMethodDefinition<Q, A> prompt(ServerMethodDefinition<Q, A> method) {
    var descriptor = method.getMethodDescriptor();
    return descriptor.getType() == MethodType.UNARY
        ? ServerMethodDefinition.create(
            descriptor.toBuilder().setType(MethodType.SERVER_STREAMING).build(),
            method.getServerCallHandler())
        : method;
  }
}
