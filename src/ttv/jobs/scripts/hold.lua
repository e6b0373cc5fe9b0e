-- Give a lease back and let no more steps of its job start, for a person must decide how to go
-- on. The attempt does not count. The first such reason stands until the job is resumed.
local step_id, worker, token, code, message = unpack(ARGV)
local reason = lost(step_id, worker, token)
if reason then return {reason, {}} end

local id, _, name = parse(step_id)
local at = clock()
local failure = {code = code, message = message, step = name}
local pool = pool_of(id, name)
local tickets = {}
vacate(step_id, pool)
redis.call('HINCRBY', steps_key(id), name .. ':attempts', -1)
redis.call('HSET', steps_key(id), name .. ':error', cjson.encode(failure))
local state, held = unpack(redis.call('HMGET', job_key(id), 'state', 'hold'))
if OVER[state] then
  record(id, 'released', name, message)
else
  if not held or cjson.decode(held).code == 'paused' then hold(id, failure) end
  record(id, 'held', name, message)
end
take_back(id, name, step_id, pool, at)
dispatch(pool, at, tickets)
return {'held', tickets}
