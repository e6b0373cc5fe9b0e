-- Remove a job that is over from everywhere. What it was is kept aside until its files are removed
-- too, and nobody buys anything for it any more.
local id, tenant = unpack(ARGV)
local at = clock()
local aside = aside_key(id)
local function deleted()
  return {'done', redis.call('HGETALL', aside), redis.call('HGETALL', aside .. ':steps'), {}}
end
if redis.call('HGET', aside, 'tenant') == tenant then return deleted() end
local state, owner, attempt = unpack(redis.call('HMGET', job_key(id), 'state', 'tenant', 'attempt'))
if owner ~= tenant then return {'gone'} end
if not OVER[state] then return {state} end

clear_dead(id)
orphan_purchases(id)
each_step(id, function(name) vacate(id .. ':' .. attempt .. ':' .. name, pool_of(id, name)) end)
redis.call('ZREM', 'ttv:jobs:' .. tenant, id)
redis.call('ZREM', 'ttv:jobs:' .. tenant .. ':' .. state, id)
redis.call('RENAME', job_key(id), aside)
redis.call('RENAME', steps_key(id), aside .. ':steps')
redis.call('DEL', job_key(id) .. ':events', job_key(id) .. ':heard')
redis.call('ZADD', 'ttv:deleted', whole(at), id)
redis.call('ZADD', 'ttv:gone', whole(at), id)
redis.call('ZREMRANGEBYSCORE', 'ttv:gone', '-inf', whole(at - ONE_DAY))
redis.call('PUBLISH', 'ttv:happened', id)
return deleted()
