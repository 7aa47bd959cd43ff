package dev.warren.sender.grpc.services;

import com.google.protobuf.util.Durations;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.system.InfoResult;
import dev.warren.grpc.v1.InfoReply;
import dev.warren.grpc.v1.InfoRequest;
import dev.warren.grpc.v1.SystemGrpc.SystemImplBase;
import io.grpc.stub.StreamObserver;

/** {@code warren.v1.System}. */
final class SystemService extends SystemImplBase {

  private final ServiceCalls calls;

  SystemService(ServiceCalls calls) {
    this.calls = calls;
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoReply> answer) {
    calls.call(TaskTypes.INFO, () -> "{}", SystemService::replyOf, answer);
  }

  private static InfoReply replyOf(InfoResult result) {
    return InfoReply.newBuilder()
        .setWorker(result.worker())
        .setOs(result.os())
        .setOsVersion(result.osVersion())
        .setArchitecture(result.architecture())
        .setJdk(result.jdk())
        .setCores(result.cores())
        .setMemoryBytes(result.memoryBytes())
        .setFreeMemoryBytes(result.freeMemoryBytes())
        .setMaxHeapBytes(result.maxHeapBytes())
        .setUptime(Durations.fromMillis(result.uptime().toMillis()))
        .build();
  }
}
