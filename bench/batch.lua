-- wrk: POST /v1/tasks/batch of 1,000 tasks that take no time, as NDJSON; prints "rate p50 p99 refused" (batches/s, ms, ms, answers but 200)
wrk.method = "POST"
wrk.path = "/v1/tasks/batch"
wrk.body = string.rep('{"type": "message", "payload": {"message": "Hello RabbitMQ!"}}\n', 1000)
wrk.headers["Content-Type"] = "application/x-ndjson"

function done(summary, latency, requests)
  local answered = summary.requests - summary.errors.status
  io.write(string.format("RESULT %.2f %.1f %.1f %d\n", answered / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
