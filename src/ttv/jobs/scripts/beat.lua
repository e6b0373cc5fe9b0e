-- Note that a worker lives and what it can take, drop those long gone, and set for each pool
-- how many steps may wait in the queue: twice what live workers run at once.
local name, card, alive, forget = unpack(ARGV)
local at = clock()

redis.call('HSET', 'ttv:workers', name, card)
redis.call('ZADD', 'ttv:workers:seen', whole(at), name)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', 'ttv:workers:seen', '-inf', whole(at - forget))) do
  redis.call('HDEL', 'ttv:workers', gone)
  redis.call('ZREM', 'ttv:workers:seen', gone)
end

local slots = {}
for _, live in ipairs(redis.call('ZRANGEBYSCORE', 'ttv:workers:seen', whole(at - alive), '+inf')) do
  for pool, count in pairs(cjson.decode(redis.call('HGET', 'ttv:workers', live)).slots) do
    slots[pool] = (slots[pool] or 0) + count
  end
end
for pool, count in pairs(slots) do
  redis.call('SET', 'ttv:window:' .. pool, 2 * count, 'PX', 2 * alive)
end
