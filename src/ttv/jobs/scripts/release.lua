-- Give a lease back unused: the step may run again at once and the attempt does not count.
local step_id, worker, token = unpack(ARGV)
local tickets = {}
if lost(step_id, worker, token) then return tickets end

local id, _, name = parse(step_id)
local at = clock()
local pool = pool_of(id, name)
vacate(step_id, pool)
redis.call('HINCRBY', steps_key(id), name .. ':attempts', -1)
take_back(id, name, step_id, pool, at)
record(id, 'released', name)
dispatch(pool, at, tickets)
return tickets
