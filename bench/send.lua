-- wrk: POST /send of a task that takes no time; prints "rate p50 p99 refused" (tasks/s, ms, ms, answers but 202)
-- BENCH_KEYED: each with an Idempotency-Key of its own; BENCH_API_KEY: with this key of the API
wrk.method = "POST"
wrk.body = '{"message": "Hello RabbitMQ!"}'
wrk.headers["Content-Type"] = "application/json"
if os.getenv("BENCH_API_KEY") then wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_API_KEY") end

if os.getenv("BENCH_KEYED") then
  local sent, run = 0, os.time()
  request = function()
    sent = sent + 1
    wrk.headers["Idempotency-Key"] = run .. "-" .. sent
    return wrk.format()
  end
end

function done(summary, latency, requests)
  local answered = summary.requests - summary.errors.status
  io.write(string.format("RESULT %.0f %.1f %.1f %d\n", answered / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
