-- Find what got stuck: leases that ran out, steps handed to the queue that nobody claimed,
-- due steps that nobody handed over, and started jobs nobody looked at for a while (their ids
-- are returned, to be advanced). Of all workers only one does this in each interval.
local worker, interval, expire, attempts, unclaimed, unseen, limit = unpack(ARGV, 1, 7)
local at = clock()
local tickets, freed = {}, {}
if not redis.call('SET', 'ttv:sweeper', worker, 'NX', 'PX', interval) then return {{}, {}, {}} end

local function free(step_id)
  local id, attempt, name = parse(step_id)
  redis.call('ZREM', 'ttv:leases', step_id)
  local claims = redis.call('HGET', steps_key(id), name .. ':attempts')
  if tonumber(claims) >= tonumber(attempts) then
    fail(id, attempt, name, 'worker_lost',
      'The worker stopped in the middle of this step ' .. claims .. ' times.', at)
    return
  end
  move_step(id, name, 'ready')
  record(id, 'expired', name)
  if redis.call('HGET', job_key(id), 'state') == 'started' then
    enqueue_now(id, step_id, pool_of(id, name))
  end
end

if expire == '1' then
  freed = redis.call('ZRANGEBYSCORE', 'ttv:leases', '-inf', whole(at), 'LIMIT', 0, limit)
  for _, step_id in ipairs(freed) do free(step_id) end
end

for i = 8, #ARGV do
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
