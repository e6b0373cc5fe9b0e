-- Store a finished job again that was lost: its record and its place in the listings, unless
-- there is a job of that id, or was one that somebody has deleted.
local id, tenant, facts = unpack(ARGV, 1, 3)
if redis.call('EXISTS', job_key(id), aside_key(id)) > 0 then return 0 end
if redis.call('ZSCORE', 'ttv:gone', id) then return 0 end

for name, value in pairs(cjson.decode(facts)) do redis.call('HSET', job_key(id), name, value) end
for i = 4, #ARGV, 2 do redis.call('HSET', steps_key(id), ARGV[i], ARGV[i + 1]) end
redis.call('ZADD', 'ttv:jobs:' .. tenant, 0, id)
redis.call('ZADD', 'ttv:jobs:' .. tenant .. ':finished', 0, id)
record(id, 'finished')
return 1
