-- Store what a step gave: its result, the steps it planned, and what follows from them. The
-- caller decided what follows on one graph; on a newer one it is told to decide again.
local step_id, worker, token, graph, result, warnings, total, stage, finished, count =
  unpack(ARGV, 1, 10)
local id, _, name = parse(step_id)
local at = clock()
local tickets = {}

local reason = lost(step_id, worker, token)
if reason then
  local step = redis.call('HMGET', steps_key(id), name .. ':state', name .. ':worker',
    name .. ':token')
  -- The caller's own first try, whose answer was lost on the way.
  if step[1] == 'done' and step[2] == worker and step[3] == token then reason = 'settled' end
  return {reason, tickets}
end
if redis.call('HGET', job_key(id), 'graph') ~= graph then return {'moved', tickets} end

local last = 10 + 2 * count
for i = 11, last, 2 do
  redis.call('HSET', steps_key(id), ARGV[i], ARGV[i + 1], ARGV[i] .. ':state', 'waiting')
end
redis.call('HSET', job_key(id), 'total', total, 'warnings', warnings)
redis.call('HINCRBY', job_key(id), 'graph', 1)
raise(id, name, 1)
move_step(id, name, 'done')
redis.call('HSET', steps_key(id), name .. ':result', result)
redis.call('HDEL', steps_key(id), name .. ':error')
redis.call('ZREM', 'ttv:leases', step_id)
record(id, 'done', name)
if finished == '1' then redis.call('HSET', job_key(id), 'result', result) end
proceed(id, at, stage, finished == '1', {unpack(ARGV, last + 1)}, tickets)
return {'settled', tickets}
