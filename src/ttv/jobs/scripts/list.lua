-- Read a page of a tenant's jobs, newest first. The index holds ids whose order is that of
-- creation, so a page begins after an id whatever was added since.
local index, before, limit = unpack(ARGV)
local jobs = {}
for i, id in ipairs(redis.call('ZREVRANGEBYLEX', 'ttv:jobs:' .. index, before, '-', 'LIMIT', 0, limit)) do
  jobs[i] = redis.call('HGETALL', job_key(id))
end
return jobs
