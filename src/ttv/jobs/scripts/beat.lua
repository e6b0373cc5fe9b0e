-- Note that a worker lives and what it can take, drop those long gone, and count the slots.
local name, card, alive, forget = unpack(ARGV)
local at = clock()

redis.call('HSET', 'ttv:workers', name, card)
redis.call('ZADD', 'ttv:workers:seen', whole(at), name)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', 'ttv:workers:seen', '-inf', whole(at - forget))) do
  redis.call('HDEL', 'ttv:workers', gone)
  redis.call('ZREM', 'ttv:workers:seen', gone)
end
count_slots(at, alive)
