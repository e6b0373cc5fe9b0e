-- Begin another attempt at a job that failed or was cancelled: what is done is kept.
local id, tenant, expected, call = unpack(ARGV, 1, 4)
local once = {key = ARGV[5], fingerprint = ARGV[6], keep = ARGV[7]}
local graph, stage, total, plan, max_cost = unpack(ARGV, 8, 12)
local at = clock()
local tickets = {}
local reason = refused(id, tenant, expected, call, once)
if reason then return answer(reason, id) end
local state, current = unpack(redis.call('HMGET', job_key(id), 'state', 'graph'))
if state ~= 'failed' and state ~= 'canceled' then return {state} end
if current ~= graph then return {'moved'} end
local full = refusal(tenant)
if full then return {full} end

if max_cost ~= '' then redis.call('HSET', job_key(id), 'max_cost', max_cost) end
renew(id, cjson.decode(plan), total, at)
record(id, 'retried')
proceed(id, at, stage, false, {unpack(ARGV, 13)}, tickets)
return done(id, call, tickets, once)
