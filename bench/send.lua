-- wrk: POST /send of a task that takes no time; prints "rate p50 p99 refused" (tasks/s, ms, ms, answers but 202)
wrk.method = "POST"
wrk.body = '{"message": "Hello RabbitMQ!"}'
wrk.headers["Content-Type"] = "application/json"

function done(summary, latency, requests)
  local answered = summary.requests - summary.errors.status
  io.write(string.format("RESULT %.0f %.1f %.1f %d\n", answered / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
