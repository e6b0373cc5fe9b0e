-- End an attempt at a step: to be tried again after some milliseconds, or, with none given,
-- to fail with its job.
local step_id, worker, token, code, message, retry = unpack(ARGV)
local reason = lost(step_id, worker, token)
if reason then return {reason, {}} end

local id, attempt, name = parse(step_id)
local at = clock()
local pool = pool_of(id, name)
local tickets = {}
vacate(step_id, pool)
if retry == '' then
  fail(id, attempt, name, code, message, at)
  dispatch(pool, at, tickets)
  return {'failed', tickets}
end
redis.call('HSET', steps_key(id), name .. ':error',
  cjson.encode({code = code, message = message, step = name}), name .. ':due', whole(at + retry))
take_back(id, name, step_id, pool, at)
record(id, 'retrying', name, message)
dispatch(pool, at, tickets)
return {'retrying', tickets}
