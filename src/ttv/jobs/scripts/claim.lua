-- Lease a ready step to a worker under a new fencing token. Refuses a step that is done,
-- leased, waiting, not due yet or of a job that is over or held; a lease that ran out is freed by
-- sweep.lua only, so that attempts are counted in one place.
local step_id, worker, lease, call = unpack(ARGV)
local id, attempt, name = parse(step_id)
local at = clock()
local tickets = {}

local state, current = unpack(redis.call('HMGET', job_key(id), 'state', 'attempt'))
if not state or current ~= attempt or redis.call('HEXISTS', steps_key(id), name) == 0 then
  return {'gone'}
end
local pool = pool_of(id, name)
-- A step that is handed over twice comes twice; meanwhile it may have failed, to be tried later.
local due = redis.call('ZSCORE', 'ttv:delayed:' .. pool, step_id)
if due and tonumber(due) > at then return {'delayed'} end
dequeue(step_id, pool)
if not goes_on(id) then return {'stopped'} end
local step_state = redis.call('HGET', steps_key(id), name .. ':state')
if step_state == 'running' and redis.call('HGET', steps_key(id), name .. ':call') == call then
  -- The caller's own first try, whose answer was lost on the way.
  return {'claimed', redis.call('HGETALL', job_key(id)), redis.call('HGETALL', steps_key(id)), tickets}
end
if step_state ~= 'ready' then return {step_state} end

local token = redis.call('INCR', 'ttv:token')
move_step(id, name, 'running')
redis.call('HSET', steps_key(id), name .. ':token', token, name .. ':worker', worker,
  name .. ':call', call, name .. ':claimed_at', whole(at))
redis.call('HINCRBY', steps_key(id), name .. ':attempts', 1)
occupy(step_id, pool, at + lease)
begin(id)
if state == 'queued' then
  move(id, 'started', at)
  record(id, 'started', name)
else
  record(id, 'claimed', name)
end
dispatch(pool, at, tickets)
return {'claimed', redis.call('HGETALL', job_key(id)), redis.call('HGETALL', steps_key(id)), tickets}
