-- Which steps may run, in which order, and how many of them the queue holds.

local function pool_of(id, name)
  return cjson.decode(redis.call('HGET', steps_key(id), name)).pool
end

local function enqueue(step_id, pool, due)
  if not redis.call('ZSCORE', 'ttv:sent:' .. pool, step_id) then
    redis.call('ZADD', 'ttv:ready:' .. pool, 'NX', whole(due), step_id)
  end
end

-- Steps that may run now come by the age of their job, so that films are finished one after
-- the other and not all at the end.
local function enqueue_now(id, step_id, pool)
  enqueue(step_id, pool, tonumber(redis.call('HGET', job_key(id), 'created_at')))
end

local function dequeue(step_id, pool)
  redis.call('ZREM', 'ttv:ready:' .. pool, step_id)
  redis.call('ZREM', 'ttv:sent:' .. pool, step_id)
end

-- Take due steps of a pool for the queue, no more than its live workers will soon claim: the
-- order of all others can still change. Appends step ids and pools to tickets.
local function dispatch(pool, at, tickets)
  local ready, sent = 'ttv:ready:' .. pool, 'ttv:sent:' .. pool
  local window = tonumber(redis.call('GET', 'ttv:window:' .. pool) or 0)
  local room = window - redis.call('ZCARD', sent)
  if room <= 0 then return end
  local due = redis.call('ZRANGEBYSCORE', ready, '-inf', whole(at), 'LIMIT', 0, room)
  for _, step_id in ipairs(due) do
    redis.call('ZREM', ready, step_id)
    redis.call('ZADD', sent, whole(at), step_id)
    table.insert(tickets, step_id)
    table.insert(tickets, pool)
  end
end

