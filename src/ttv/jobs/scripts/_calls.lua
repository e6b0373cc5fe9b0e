-- What the calls of people about one job have in common. Each carries an id of its own: one that
-- comes again, because its answer was lost on the way, finds that it was done.

-- Why a call changes nothing: the job is not there or not theirs, the call was done, its key was
-- used, or the job has changed since the expected revision. Nil for one that may.
local function refused(id, tenant, expected, call, once)
  local owner, revision, last = unpack(redis.call('HMGET', job_key(id), 'tenant', 'revision', 'call'))
  if owner ~= tenant then return 'gone' end
  if last == call then return 'done' end
  local used = once and redis.call('HGET', 'ttv:idempotency:' .. once.key, 'fingerprint')
  if used then return used == once.fingerprint and 'repeated' or 'mismatch' end
  if expected ~= '' and expected ~= revision then return 'changed' end
end

-- Answer with the job as it is now.
local function answer(word, id, tickets)
  return {word, redis.call('HGETALL', job_key(id)), redis.call('HGETALL', steps_key(id)),
    tickets or {}}
end

-- Answer a call that was done, and keep its key: only of which job it was, since what a long film
-- is told with takes as much room as the film's record.
local function done(id, call, tickets, once)
  redis.call('HSET', job_key(id), 'call', call)
  if once and once.key ~= '' then
    redis.call('HSET', 'ttv:idempotency:' .. once.key, 'job', id, 'fingerprint', once.fingerprint)
    redis.call('PEXPIRE', 'ttv:idempotency:' .. once.key, once.keep)
  end
  return answer('done', id, tickets)
end

-- What is known of a step that stays when it is made again.
local MONEY = {reserved = true, spent = true}

-- Begin the next attempt at a job: steps named in plan.again wait as if they had never run, those
-- in plan.forgotten are no more, and what the others made is kept, and the film until there is
-- another. The number of the attempt
-- stands in the ids of steps, so every claim of the one before is void.
local function renew(id, plan, total, at)
  local state, attempt, deadline = unpack(redis.call('HMGET', job_key(id), 'state', 'attempt',
    'deadline'))
  clear_dead(id)
  -- Its steps look after their purchases again: also when it fails, those that run go on.
  redis.call('ZREM', 'ttv:spend:orphans', id)
  each_step(id, function(name)
    local step_id, pool = id .. ':' .. attempt .. ':' .. name, pool_of(id, name)
    dequeue(step_id, pool)
    vacate(step_id, pool)
  end)
  local gone = {}
  for _, name in ipairs(plan.forgotten) do gone[name] = true end
  for _, name in ipairs(plan.again) do gone[name] = true end
  for _, field in ipairs(redis.call('HKEYS', steps_key(id))) do
    local name, fact = string.match(field, '^([^:]+):(.*)')
    if name and gone[name] and not MONEY[fact] then redis.call('HDEL', steps_key(id), field) end
  end
  for _, name in ipairs(plan.forgotten) do redis.call('HDEL', steps_key(id), name) end
  for _, name in ipairs(plan.again) do
    redis.call('HSET', steps_key(id), name .. ':state', 'waiting')
  end
  local kept = 0
  each_step(id, function(name, step_state)
    if step_state == 'done' then
      kept = kept + cjson.decode(redis.call('HGET', steps_key(id), name)).weight
    end
  end)
  redis.call('HDEL', job_key(id), 'hold', 'error', 'told_at', 'finished_at')
  redis.call('DEL', job_key(id) .. ':heard')
  redis.call('HSET', job_key(id), 'total', total, 'done', kept, 'message', '',
    'warnings', plan.warnings,
    'progress', string.format('%.3f', math.min(kept / total, 0.99)))
  redis.call('HINCRBY', job_key(id), 'attempt', 1)
  redis.call('HINCRBY', job_key(id), 'graph', 1)
  if OVER[state] then
    redis.call('HDEL', job_key(id), 'started_at')
    move(id, 'queued', at)
  end
  -- Whoever begins again after the deadline has given it up.
  if deadline and tonumber(deadline) > at then
    redis.call('ZADD', 'ttv:deadlines', deadline, id)
  else
    redis.call('HDEL', job_key(id), 'deadline')
  end
end

