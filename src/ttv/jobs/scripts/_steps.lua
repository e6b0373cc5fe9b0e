-- What the states of the steps make of their job.

-- Note how far a step is: of it and of its job the highest progress ever is kept.
local function raise(id, name, fraction)
  local old = tonumber(redis.call('HGET', steps_key(id), name .. ':fraction') or 0)
  if fraction > old then
    local weight = cjson.decode(redis.call('HGET', steps_key(id), name)).weight
    redis.call('HINCRBYFLOAT', job_key(id), 'done', (fraction - old) * weight)
    redis.call('HSET', steps_key(id), name .. ':fraction', fraction)
  end
  local done, total, progress = unpack(redis.call('HMGET', job_key(id), 'done', 'total', 'progress'))
  progress = math.max(tonumber(progress), math.min(done / total, 0.99))
  redis.call('HSET', job_key(id), 'progress', string.format('%.3f', progress))
end

-- Let a ready step run as soon as it may: at once, or when the time of its retry has come.
local function put_in(id, name, step_id, pool, at)
  local due = tonumber(redis.call('HGET', steps_key(id), name .. ':due') or 0)
  if due > at then enqueue(step_id, pool, due) else enqueue_now(id, step_id, pool) end
end

-- Take a running step back, to run again. In a job that stands still it is ready in the record
-- alone, so whoever is deciding what a resumed job runs must decide again.
local function take_back(id, name, step_id, pool, at)
  move_step(id, name, 'ready')
  if goes_on(id) then
    put_in(id, name, step_id, pool, at)
  else
    redis.call('HINCRBY', job_key(id), 'graph', 1)
  end
end

-- Write down what follows from the states of a job's steps; twice is once.
local function proceed(id, at, stage, finished, names, tickets)
  local state, attempt = unpack(redis.call('HMGET', job_key(id), 'state', 'attempt'))
  if OVER[state] then return end
  redis.call('HSET', job_key(id), 'stage', stage)
  if finished then
    redis.call('HSET', job_key(id), 'progress', '1')
    move(id, 'finished', at)
    orphan_purchases(id)
    record(id, 'finished')
    return
  end
  local pools = {}
  for _, name in ipairs(names) do
    local step_state = redis.call('HGET', steps_key(id), name .. ':state')
    if step_state == 'waiting' then move_step(id, name, 'ready') end
    if step_state == 'waiting' or step_state == 'ready' then
      local pool = pool_of(id, name)
      pools[pool] = true
      put_in(id, name, id .. ':' .. attempt .. ':' .. name, pool, at)
    end
  end
  for pool in pairs(pools) do dispatch(pool, at, tickets) end
end

-- Take all steps of a job out of the queue; those that run go on.
local function withdraw(id)
  local attempt = redis.call('HGET', job_key(id), 'attempt')
  each_step(id, function(name, state)
    if state == 'ready' then dequeue(id .. ':' .. attempt .. ':' .. name, pool_of(id, name)) end
  end)
end

-- Let no more steps of a job start, until it is resumed.
local function hold(id, failure)
  redis.call('HSET', job_key(id), 'hold', cjson.encode(failure))
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  withdraw(id)
  stand_down(id)
  tell(id, 'paused', clock())
end

-- Call off every step of a job that is not over, and tell the workers of those that run.
local function call_off(id)
  local attempt = redis.call('HGET', job_key(id), 'attempt')
  each_step(id, function(name, state)
    if not STEP_MOVES[state].canceled then return end
    move_step(id, name, 'canceled')
    if state ~= 'waiting' then
      local step_id, pool = id .. ':' .. attempt .. ':' .. name, pool_of(id, name)
      dequeue(step_id, pool)
      vacate(step_id, pool)
    end
  end)
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  orphan_purchases(id)
  redis.call('PUBLISH', 'ttv:canceled', id .. ':' .. attempt)
end

-- Give up a step and its job; finished and running siblings keep what they make.
local function fail(id, attempt, name, code, message, at)
  local error = cjson.encode({code = code, message = message, step = name})
  move_step(id, name, 'failed')
  redis.call('HSET', steps_key(id), name .. ':error', error)
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  list_dead(id, attempt, name, at)
  if redis.call('HGET', job_key(id), 'state') ~= 'started' then
    record(id, 'step_failed', name, message)
    return
  end
  redis.call('HSET', job_key(id), 'error', error)
  withdraw(id)
  move(id, 'failed', at)
  record(id, 'failed', name, message)
end

