-- Give a lease back unused: the step may run again at once and the attempt does not count.
local step_id, worker, token = unpack(ARGV)
local tickets = {}
if lost(step_id, worker, token) then return tickets end

local id, _, name = parse(step_id)
local at = clock()
redis.call('ZREM', 'ttv:leases', step_id)
redis.call('HINCRBY', steps_key(id), name .. ':attempts', -1)
move_step(id, name, 'ready')
record(id, 'released', name)
if redis.call('HGET', job_key(id), 'state') == 'started' then
  local pool = pool_of(id, name)
  enqueue_now(id, step_id, pool)
  dispatch(pool, at, tickets)
end
return tickets
