-- Let the steps of a job start again, with a new order or limit of its cost where given.
local id, tenant, expected, call = unpack(ARGV, 1, 4)
local once = {key = ARGV[5], fingerprint = ARGV[6], keep = ARGV[7]}
local graph, stage, max_cost, request = unpack(ARGV, 8, 11)
local tickets = {}
local reason = refused(id, tenant, expected, call, once)
if reason then return answer(reason, id) end
local state, held, current = unpack(redis.call('HMGET', job_key(id), 'state', 'hold', 'graph'))
if OVER[state] then return {state} end
if not held and request ~= '' then return {'running'} end
if current ~= graph then return {'moved'} end

if max_cost ~= '' then redis.call('HSET', job_key(id), 'max_cost', max_cost) end
if request ~= '' then redis.call('HSET', job_key(id), 'request', request) end
if held or max_cost ~= '' then
  redis.call('HDEL', job_key(id), 'hold')
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  record(id, 'resumed')
  proceed(id, clock(), stage, false, {unpack(ARGV, 12)}, tickets)
end
return done(id, call, tickets, once)
