-- Read the cards of the workers heard of lately, each with the time it was last heard of.
local alive = ARGV[1]
local seen = redis.call('ZRANGEBYSCORE', 'ttv:workers:seen', whole(clock() - alive), '+inf', 'WITHSCORES')
local cards = {}
for i = 1, #seen, 2 do
  table.insert(cards, redis.call('HGET', 'ttv:workers', seen[i]))
  table.insert(cards, seen[i + 1])
end
return cards
