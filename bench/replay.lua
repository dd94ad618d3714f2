-- wrk: sends the requests of a file in their order, and tells what came of it in one line of JSON.
--   wrk -s bench/replay.lua URL -- FILE
-- The file holds whole requests, each behind a line with its length in bytes. After the last one it begins anew; whoever wants each
-- sent once compares the number of answers with that of the requests.

local requests, at = {}, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for length in file:lines() do
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
