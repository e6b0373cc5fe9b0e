-- Renew a lease, and note how far the step is. Answers held, canceled or lost. Progress
-- never falls; a report that changes nothing a reader can see is no change to the job.
local step_id, worker, token, lease, fraction, message = unpack(ARGV)
local reason = lost(step_id, worker, token)
if reason then return reason end

local id, _, name = parse(step_id)
redis.call('ZADD', 'ttv:leases', whole(clock() + lease), step_id)
if redis.call('HGET', job_key(id), 'state') ~= 'started' then return 'held' end
local before = redis.call('HMGET', job_key(id), 'progress', 'message')
if fraction ~= '' then raise(id, name, tonumber(fraction)) end
if message ~= '' then redis.call('HSET', job_key(id), 'message', message) end
local after = redis.call('HMGET', job_key(id), 'progress', 'message')
if after[1] ~= before[1] or after[2] ~= before[2] then record(id, 'progress', name, message) end
return 'held'
