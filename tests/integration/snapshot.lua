-- Read at one moment every job of a tenant with what its journal has said since some events, the
-- members of some indexes, and the names of all keys that belong to jobs.
local after, indexes = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])
local jobs, members = {}, {}
for i, id in ipairs(redis.call('ZRANGE', 'ttv:jobs:local', 0, -1)) do
  local key = 'ttv:job:' .. id
  jobs[i] = {redis.call('HGETALL', key), redis.call('HGETALL', key .. ':steps'),
    redis.call('XRANGE', key .. ':events', after[id] and '(' .. after[id] or '-', '+')}
end
for i, index in ipairs(indexes) do
  local kind = redis.call('TYPE', index).ok
  if kind == 'set' then members[i] = redis.call('SMEMBERS', index)
  else members[i] = redis.call('ZRANGE', index, 0, -1) end
end
return {jobs, members, redis.call('KEYS', 'ttv:job:*')}
