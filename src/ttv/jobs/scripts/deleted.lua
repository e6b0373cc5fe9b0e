-- Read deleted jobs whose files may still be there, the longest deleted first.
local limit = ARGV[1]
local jobs = {}
for i, id in ipairs(redis.call('ZRANGE', 'ttv:deleted', 0, limit - 1)) do
  jobs[i] = {redis.call('HGETALL', aside_key(id)), redis.call('HGETALL', aside_key(id) .. ':steps')}
end
return jobs
