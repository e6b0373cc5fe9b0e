-- Stop a job that is not over: no step of it can be claimed or written any more. Workers
-- hear of it at once on a channel, and else with their next report. An expected revision that
-- is not the job's own any more changes nothing.
local id, tenant, expected = unpack(ARGV)
local state, owner, attempt, revision = unpack(redis.call('HMGET', job_key(id), 'state', 'tenant',
  'attempt', 'revision'))
if not state or owner ~= tenant then return {'gone'} end
if expected ~= '' and expected ~= revision then return {'changed'} end

if MOVES[state].canceled then
  local fields = redis.call('HGETALL', steps_key(id))
  for i = 1, #fields, 2 do
    local name = string.match(fields[i], '^([^:]+):state$')
    if name and STEP_MOVES[fields[i + 1]].canceled then
      local step_id = id .. ':' .. attempt .. ':' .. name
      move_step(id, name, 'canceled')
      dequeue(step_id, pool_of(id, name))
      redis.call('ZREM', 'ttv:leases', step_id)
    end
  end
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  move(id, 'canceled', clock())
  record(id, 'canceled')
  redis.call('PUBLISH', 'ttv:canceled', id)
end
return {redis.call('HGET', job_key(id), 'state'), redis.call('HGETALL', job_key(id)),
  redis.call('HGETALL', steps_key(id))}
