-- Forget a worker that stops.
local name, alive = unpack(ARGV)
redis.call('HDEL', 'ttv:workers', name)
redis.call('ZREM', 'ttv:workers:seen', name)
count_slots(clock(), alive)
