-- Renew a lease, and note how far the step is. Answers held, canceled or lost. However many
-- steps of a job run, its readers are told of progress once in each interval, and then of all
-- that was heard since: no step is passed over for a sibling that always comes first.
local step_id, worker, token, lease, interval, fraction, message = unpack(ARGV)
local reason = lost(step_id, worker, token)
if reason then return reason end

local id, _, name = parse(step_id)
local at = clock()
redis.call('ZADD', 'ttv:leases', 'XX', whole(at + lease), step_id)
local state, progress, said, told = unpack(redis.call('HMGET', job_key(id), 'state', 'progress',
  'message', 'told_at'))
if state ~= 'started' then return 'held' end
local heard_key = job_key(id) .. ':heard'
if fraction ~= '' then redis.call('HSET', heard_key, name, fraction) end
if at - (told or 0) < tonumber(interval) then return 'held' end

local heard = redis.call('HGETALL', heard_key)
for index = 1, #heard, 2 do raise(id, heard[index], tonumber(heard[index + 1])) end
redis.call('DEL', heard_key)
if message ~= '' then redis.call('HSET', job_key(id), 'message', message) end
if redis.call('HGET', job_key(id), 'progress') ~= progress or (message ~= '' and message ~= said) then
  redis.call('HSET', job_key(id), 'told_at', whole(at))
  record(id, 'progress', name, message)
end
return 'held'
