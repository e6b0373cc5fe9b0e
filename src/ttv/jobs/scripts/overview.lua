-- Read how full the queue is: by pool, and by the first tenants that have jobs in it.
local most = ARGV[1]
local at = clock()
local pools, tenants = {}, {}
for _, pool in ipairs(POOLS) do
  local oldest = redis.call('ZRANGE', 'ttv:waiting:' .. pool, 0, 0, 'WITHSCORES')
  table.insert(pools, {pool,
    redis.call('ZCARD', 'ttv:waiting:' .. pool) + redis.call('ZCARD', 'ttv:sent:' .. pool),
    redis.call('ZCARD', 'ttv:delayed:' .. pool), redis.call('SCARD', 'ttv:leased:' .. pool),
    tonumber(redis.call('GET', 'ttv:slots:' .. pool) or 0),
    oldest[2] and at - oldest[2] or 0})
end
for _, tenant in ipairs(redis.call('ZRANGE', 'ttv:busy', 0, most - 1)) do
  table.insert(tenants, {tenant, redis.call('ZCARD', 'ttv:jobs:' .. tenant .. ':queued'),
    redis.call('SCARD', 'ttv:begun:' .. tenant)})
end
return {pools, tenants, redis.call('ZCARD', 'ttv:busy')}
