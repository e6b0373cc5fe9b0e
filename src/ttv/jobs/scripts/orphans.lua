-- Find what is still set aside for jobs that were called off, finished or deleted a while ago:
-- whoever followed it has died, or a new take has taken its place. Each is told again after a
-- while, until it is paid or given back.
local again, limit = unpack(ARGV)
local at = clock()
local found = {}
local due = redis.call('ZRANGEBYSCORE', 'ttv:spend:orphans', '-inf', whole(at), 'LIMIT', 0, limit)
for _, id in ipairs(due) do
  redis.call('ZREM', 'ttv:spend:orphans', id)
  -- The steps of a job that goes on again look after their purchases themselves.
  local state, request = unpack(redis.call('HMGET', record_key(id), 'state', 'request'))
  local known = OVER[state] and redis.call('HGETALL', purchases_key(id)) or {}
  for i = 1, #known, 2 do
    local purchase = cjson.decode(known[i + 1])
    if purchase.state == 'reserved' then
      table.insert(found, {id, request, known[i], purchase.step, purchase.engine})
      redis.call('ZADD', 'ttv:spend:orphans', whole(at + again), id)
    end
  end
end
return found
