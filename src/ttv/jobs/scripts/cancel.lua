-- Stop a job that is not over: no step of it can be claimed or written any more. Workers
-- hear of it at once on a channel, and else with their next report.
local id, tenant, expected, call = unpack(ARGV)
local reason = refused(id, tenant, expected, call)
if reason then return answer(reason, id) end
local state = redis.call('HGET', job_key(id), 'state')
if state == 'canceled' then return answer('done', id) end
if OVER[state] then return {state} end

call_off(id)
move(id, 'canceled', clock())
record(id, 'canceled')
return done(id, call)
