-- Find what got stuck: leases that ran out, steps handed to the queue that nobody claimed,
-- due steps that nobody handed over, and started jobs nobody looked at for a while (their ids
-- are returned, to be advanced). With no grace given, leases are left alone.
local grace, attempts, unclaimed, unseen, limit = unpack(ARGV, 1, 5)
local at = clock()
local tickets, freed = {}, {}

if grace ~= '' then
  local ended = redis.call('ZRANGEBYSCORE', 'ttv:leases', '-inf', whole(at - grace), 'LIMIT', 0, limit)
  for i, step_id in ipairs(ended) do
    local id, attempt, name = parse(step_id)
    freed[i] = step_id
    redis.call('ZREM', 'ttv:leases', step_id)
    local claims = redis.call('HGET', steps_key(id), name .. ':attempts')
    if tonumber(claims) >= tonumber(attempts) then
      fail(id, attempt, name, 'worker_lost',
        'The worker stopped in the middle of this step ' .. attempts .. ' times.', at)
    else
      move_step(id, name, 'ready')
      record(id, 'expired', name)
      if redis.call('HGET', job_key(id), 'state') == 'started' then
        enqueue(step_id, pool_of(id, name), at)
      end
    end
  end
end

for i = 6, #ARGV do
  local pool = ARGV[i]
  local stale = redis.call('ZRANGEBYSCORE', 'ttv:sent:' .. pool, '-inf', whole(at - unclaimed),
    'LIMIT', 0, limit)
  for _, step_id in ipairs(stale) do
    redis.call('ZADD', 'ttv:sent:' .. pool, whole(at), step_id)
    table.insert(tickets, step_id)
    table.insert(tickets, pool)
  end
  dispatch(pool, at, tickets)
end

local quiet = redis.call('ZRANGEBYSCORE', 'ttv:started', '-inf', whole(at - unseen), 'LIMIT', 0, limit)
for _, id in ipairs(quiet) do redis.call('ZADD', 'ttv:started', whole(at), id) end
return {tickets, freed, quiet}
