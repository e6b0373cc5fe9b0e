-- Take the turn to sweep the store, of which all processes together have one in each interval;
-- who has it holds it on while it is at work. Answers whether it is ours.
local name, interval, on = unpack(ARGV)
local left = redis.call('PTTL', 'ttv:tidier')
local ours = redis.call('GET', 'ttv:tidier') == name
-- One that lives for many intervals was set before the clock was set back.
local free = left < 0 or left > 10 * interval or (on == '1' and ours)
if free then redis.call('SET', 'ttv:tidier', name, 'PX', interval) end
-- What was taken just now is asked for again when the answer was lost.
if free or (ours and left > interval - 2000) then return 1 end
return 0
