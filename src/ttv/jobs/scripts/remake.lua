-- Begin another attempt at a job that is over or paused, to a new order: what that does not
-- touch is kept.
local id, tenant, expected, call = unpack(ARGV, 1, 4)
local once = {key = ARGV[5], fingerprint = ARGV[6], keep = ARGV[7]}
local graph, stage, total, plan, request, max_cost = unpack(ARGV, 8, 13)
local at = clock()
local tickets = {}
local reason = refused(id, tenant, expected, call, once)
if reason then return answer(reason, id) end
local state, held, current = unpack(redis.call('HMGET', job_key(id), 'state', 'hold', 'graph'))
if not OVER[state] and not held then return {state} end
if current ~= graph then return {'moved'} end
local full = OVER[state] and refusal(tenant)
if full then return {full} end

redis.call('HSET', job_key(id), 'request', request)
if max_cost ~= '' then redis.call('HSET', job_key(id), 'max_cost', max_cost) end
renew(id, cjson.decode(plan), total, at)
record(id, 'remade')
proceed(id, at, stage, false, {unpack(ARGV, 14)}, tickets)
return done(id, call, tickets, once)
