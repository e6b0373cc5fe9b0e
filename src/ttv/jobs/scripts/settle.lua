-- Store what a step gave: its result, the steps it planned, and what follows from them. The
-- caller decided what follows on one graph; on a newer one it is told to decide again.
local step_id, worker, token, graph, result, said, warnings, total, stage, finished, reused, count =
  unpack(ARGV, 1, 12)
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

local last = 12 + 2 * count
for i = 13, last, 2 do
  redis.call('HSET', steps_key(id), ARGV[i], ARGV[i + 1], ARGV[i] .. ':state', 'waiting')
end
redis.call('HSET', job_key(id), 'total', total, 'warnings', warnings)
redis.call('HINCRBY', job_key(id), 'graph', 1)
raise(id, name, 1)
move_step(id, name, 'done')
redis.call('HSET', steps_key(id), name .. ':result', result, name .. ':warnings', said)
redis.call('HDEL', steps_key(id), name .. ':error')
local pool = pool_of(id, name)
vacate(step_id, pool)
note_step(id, name, pool, reused == '1', at)
record(id, 'done', name)
if finished == '1' then
  redis.call('HSET', job_key(id), 'result', result)
  note_film(id, at)
end
proceed(id, at, stage, finished == '1', {unpack(ARGV, last + 1)}, tickets)
dispatch(pool, at, tickets)
return {'settled', tickets}
