-- What wrk sends: the form bodies of a file, one a line, in turn; with a seed, each made unlike any before.
local bodies, position, seed = {}, 0, ""

function init(args)
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
  seed = args[2] or ""
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Accept"] = "application/sparql-results+json"
end

function request()
  position = position + 1
  local body = bodies[(position - 1) % #bodies + 1]
  if seed ~= "" then body = body .. "%0A%23" .. seed .. "." .. position end
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "status": %d, "timeout": %d, "read": %d, "connect": %d}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status, summary.errors.timeout,
    summary.errors.read, summary.errors.connect))
end
