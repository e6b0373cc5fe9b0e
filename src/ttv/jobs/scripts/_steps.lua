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

-- Write down what follows from the states of a job's steps; twice is once.
local function proceed(id, at, stage, finished, names, tickets)
  local state, attempt = unpack(redis.call('HMGET', job_key(id), 'state', 'attempt'))
  if state ~= 'started' and state ~= 'queued' then return end
  redis.call('HSET', job_key(id), 'stage', stage)
  if finished then
    redis.call('HSET', job_key(id), 'progress', '1')
    move(id, 'finished', at)
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
      enqueue_now(id, id .. ':' .. attempt .. ':' .. name, pool)
    end
  end
  for pool in pairs(pools) do dispatch(pool, at, tickets) end
end

-- Give up a step and its job; finished and running siblings keep what they make.
local function fail(id, attempt, name, code, message, at)
  local error = cjson.encode({code = code, message = message, step = name})
  move_step(id, name, 'failed')
  redis.call('HSET', steps_key(id), name .. ':error', error)
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  if redis.call('HGET', job_key(id), 'state') ~= 'started' then
    record(id, 'step_failed', name, message)
    return
  end
  redis.call('HSET', job_key(id), 'error', error)
  move(id, 'failed', at)
  local fields = redis.call('HGETALL', steps_key(id))
  for i = 1, #fields, 2 do
    local other = string.match(fields[i], '^([^:]+):state$')
    if other and fields[i + 1] == 'ready' then
      dequeue(id .. ':' .. attempt .. ':' .. other, pool_of(id, other))
    end
  end
  record(id, 'failed', name, message)
end

