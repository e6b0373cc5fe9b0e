-- Find what got stuck: leases that ran out, steps handed to the queue that nobody claimed,
-- due steps that nobody handed over, jobs whose deadline has passed, and started jobs nobody
-- looked at for a while (their ids are returned, to be advanced). Of all processes only one
-- does this in each interval.
local worker, interval, expire, attempts, unclaimed, unseen, limit = unpack(ARGV, 1, 7)
local at = clock()
local tickets, freed = {}, {}
if not redis.call('SET', 'ttv:sweeper', worker, 'NX', 'PX', interval) then return {{}, {}, {}, {}} end

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

local overdue = redis.call('ZRANGEBYSCORE', 'ttv:deadlines', '-inf', whole(at), 'LIMIT', 0, limit)
for _, id in ipairs(overdue) do
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
