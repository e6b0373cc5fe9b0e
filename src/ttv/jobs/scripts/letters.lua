-- Read a page of dead letters, the newest first: each with the job's tenant and what its step
-- says.
local list, before, limit = unpack(ARGV)
local letters = {}
for _, letter in ipairs(redis.call('ZREVRANGEBYLEX', list, before, '-', 'LIMIT', 0, limit)) do
  local id, _, name = parse(string.sub(letter, 17))
  local facts = redis.call('HMGET', steps_key(id), name .. ':error', name .. ':attempts',
    name .. ':worker')
  table.insert(letters, {letter, redis.call('HGET', job_key(id), 'tenant'), unpack(facts)})
end
return letters
