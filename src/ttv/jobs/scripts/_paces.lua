-- How long work takes: moving averages, from which it is told when a film will be done.
--
-- ttv:paces  hash  step:<kind>:<pool>  milliseconds for each unit of a step's weight
--                  work:<pool>         milliseconds of slots of the pool that a film takes
--                  time                milliseconds from a film's start to its end

-- The newest counts for an eighth.
local function note_pace(name, value)
  local old = tonumber(redis.call('HGET', 'ttv:paces', name))
  local new = old and old + (value - old) / 8 or value
  redis.call('HSET', 'ttv:paces', name, string.format('%.6g', new))
end

-- Nothing takes less than no time, whatever the clock does.
local function elapsed(at, since) return math.max(0, at - since) end

-- Note how long a step took that was made, and that one was not; twice is not once.
local function note_step(id, name, pool, reused, at)
  if reused then
    redis.call('HSET', job_key(id), 'reused', 1)
    return
  end
  local step = cjson.decode(redis.call('HGET', steps_key(id), name))
  local took = elapsed(at, redis.call('HGET', steps_key(id), name .. ':claimed_at'))
  note_pace('step:' .. step.kind .. ':' .. pool, took / step.weight)
  redis.call('HINCRBY', job_key(id), 'spent:' .. pool, took)
end

-- Note what a finished film took, if it was made at one go and all of it anew.
local function note_film(id, at)
  local attempt, reused, started_at = unpack(redis.call('HMGET', job_key(id), 'attempt', 'reused',
    'started_at'))
  if attempt ~= '1' or reused or not started_at then return end
  note_pace('time', elapsed(at, started_at))
  for _, pool in ipairs(POOLS) do
    note_pace('work:' .. pool, tonumber(redis.call('HGET', job_key(id), 'spent:' .. pool) or 0))
  end
end
