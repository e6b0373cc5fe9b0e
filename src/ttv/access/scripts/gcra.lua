-- Count requests (GCRA): each takes an interval of time, and at most a window of them may be
-- taken ahead. Gives as many as are asked for, or as there are; of none, nothing is taken.
-- Repeated after a lost answer it counts twice, which errs on the safe side.
local name, quota, seconds, asked = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local interval = math.floor(seconds * 1000000 / quota)
local now = microseconds()
local free_at = math.max(tonumber(redis.call('GET', 'ttv:rate:' .. name) or 0), now)
local room = interval * quota - (free_at - now)
local taken = math.min(asked, math.floor(room / interval))
if taken < 1 then
  return {0, 0, whole(free_at - now), whole(interval - room)}
end
free_at = free_at + taken * interval
redis.call('SET', 'ttv:rate:' .. name, whole(free_at), 'PX', whole(math.ceil((free_at - now) / 1000)))
return {taken, whole(math.floor(room / interval) - taken), whole(free_at - now), '0'}
