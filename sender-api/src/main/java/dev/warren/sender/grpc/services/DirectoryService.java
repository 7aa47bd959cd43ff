package dev.warren.sender.grpc.services;

import dev.warren.contract.TaskTypes;
import dev.warren.contract.directory.SearchPayload;
import dev.warren.contract.directory.SearchResult;
import dev.warren.grpc.v1.DirectoryGrpc.DirectoryImplBase;
import dev.warren.grpc.v1.Person;
import dev.warren.grpc.v1.SearchReply;
import dev.warren.grpc.v1.SearchRequest;
import io.grpc.stub.StreamObserver;
import tools.jackson.databind.json.JsonMapper;

/** {@code warren.v1.Directory}. */
final class DirectoryService extends DirectoryImplBase {

  private final ServiceCalls calls;

  DirectoryService(ServiceCalls calls) {
    this.calls = calls;
  }

  @Override
  public void search(SearchRequest request, StreamObserver<SearchReply> answer) {
    var payload = new SearchPayload(request.getName());
    calls.call(
        TaskTypes.SEARCH,
        () -> JsonMapper.shared().writeValueAsString(payload),
        DirectoryService::replyOf,
        answer);
  }

  private static SearchReply replyOf(SearchResult result) {
    var reply = SearchReply.newBuilder();
    for (var person : result.matches()) {
      reply.addMatches(
          Person.newBuilder().setName(person.name()).setAge(person.age()).setCity(person.city()));
    }
    return reply.build();
  }
}
