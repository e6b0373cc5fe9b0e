-- Let no more steps of a job start. Those that run go on to their end: they may be paid for.
local id, tenant, expected, call, message = unpack(ARGV)
local reason = refused(id, tenant, expected, call)
if reason then return answer(reason, id) end
local state, held = unpack(redis.call('HMGET', job_key(id), 'state', 'hold'))
if OVER[state] then return {state} end

if not held then
  hold(id, {code = 'paused', message = message})
  record(id, 'paused')
end
return done(id, call)
