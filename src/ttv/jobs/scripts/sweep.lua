-- Find what got stuck: leases that ran out, steps handed to the queue that nobody claimed,
-- due steps that nobody handed over, jobs whose deadline has passed, and started jobs nobody
-- looked at for a while (their ids are returned, to be advanced). Of all processes only one
-- does this in each interval.

-- Facts of steps, of which each has a few, that are looked at to call off late jobs before the rest
-- is left to the next sweep: Redis serves nobody meanwhile.
local MOST_FACTS = 5000

local worker, interval, expire, attempts, unclaimed, unseen, limit = unpack(ARGV, 1, 7)
local at = clock()
local tickets, freed, overdue, facts = {}, {}, {}, 0
if not redis.call('SET', 'ttv:sweeper', worker, 'NX', 'PX', interval) then
  -- It was set to live for one interval: if it lives for many, the clock was set back.
  local back = redis.call('PTTL', 'ttv:sweeper') - interval
  if back < 10 * interval then return {{}, {}, {}, {}} end
  redis.call('SET', 'ttv:sweeper', worker, 'PX', interval)
  set_back(back)
end

local function free(step_id)
  local id, attempt, name = parse(step_id)
  local pool = pool_of(id, name)
  vacate(step_id, pool)
  local claims = redis.call('HGET', steps_key(id), name .. ':attempts')
  if tonumber(claims) >= tonumber(attempts) then
    fail(id, attempt, name, 'worker_lost',
      'The worker stopped in the middle of this step ' .. claims .. ' times.', at)
    return
  end
  take_back(id, name, step_id, pool, at)
  record(id, 'expired', name)
end

local late = redis.call('ZRANGEBYSCORE', 'ttv:deadlines', '-inf', whole(at), 'LIMIT', 0, limit)
for _, id in ipairs(late) do
  if facts > MOST_FACTS then break end
  facts = facts + redis.call('HLEN', steps_key(id))
  table.insert(overdue, id)
  local message = 'The film was not done by its deadline.'
  call_off(id)
  redis.call('HSET', job_key(id), 'error',
    cjson.encode({code = 'deadline_exceeded', message = message}))
  move(id, 'failed', at)
  record(id, 'overdue', nil, message)
end

if expire == '1' then
  freed = redis.call('ZRANGEBYSCORE', 'ttv:leases', '-inf', whole(at), 'LIMIT', 0, limit)
  for _, step_id in ipairs(freed) do free(step_id) end
end

for i = 8, #ARGV do
  local pool = ARGV[i]
  resend(pool, at, unclaimed, limit, tickets)
  wake(pool, at, 50 * WOKEN)
  dispatch(pool, at, tickets)
end

local quiet = redis.call('ZRANGEBYSCORE', 'ttv:started', '-inf', whole(at - unseen), 'LIMIT', 0, limit)
for _, id in ipairs(quiet) do redis.call('ZADD', 'ttv:started', whole(at), id) end
return {tickets, freed, quiet, overdue}
