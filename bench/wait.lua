-- wrk: POST /v1/tasks of a task that takes no time, waiting for its end; prints "rate p50 p99 late" (1/s, ms, ms, answers but 200)
wrk.method = "POST"
wrk.body = '{"type": "message", "payload": {"message": "Hello RabbitMQ!"}}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Prefer"] = "wait=10"

late = 0

function setup(thread)
  thread:set("late", 0)
  threads = threads or {}
  table.insert(threads, thread)
end

function response(status)
  if status ~= 200 then late = late + 1 end
end

function done(summary, latency)
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + (thread:get("late") or 0) end
  io.write(string.format("RESULT %.0f %.1f %.1f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, sum))
end
