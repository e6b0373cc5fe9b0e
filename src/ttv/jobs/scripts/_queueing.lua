-- Who goes next: weighted fair turns between tenants, and how many steps the queue holds.
-- LIMITS and POOLS are written in front of _shared.lua from jobs/_limits.py and jobs/_job.py.
--
-- Start-time fair queueing, in each pool for itself. A tenant's next step has a start in virtual
-- time; the lowest start is served first and moves its tenant on by the step's weight divided by
-- the tenant's. The present is the start that was served last: a tenant that comes back joins
-- there, so that being idle saves nothing up. Nothing here looks at more than the steps it
-- moves: each costs O(log n), however many wait.
--
-- A job has begun from the moment its first step is handed over until it is over or held. A
-- tenant that has as many of these as it may gets no new one begun; steps of those that have
-- begun go on.

-- More than any time in milliseconds, so that priority comes before age.
local CENTURIES = 1e13
-- Delayed steps that a dispatch moves into their lines, at most; the sweep moves the rest.
local WOKEN = 100

local function exact(number) return string.format('%.17g', number) end

local function pool_of(id, name)
  return cjson.decode(redis.call('HGET', steps_key(id), name)).pool
end

-- What a tenant may, and how much of the turns is its own.
local function allowance(tenant)
  local set = redis.call('HMGET', 'ttv:tenant:' .. tenant, 'weight', 'max_queued', 'max_running')
  return {weight = tonumber(set[1] or 1), max_queued = tonumber(set[2] or LIMITS.max_queued),
    max_running = tonumber(set[3] or LIMITS.max_running)}
end

-- Why a tenant's new job is refused, or nil.
local function refusal(tenant)
  local queued = redis.call('ZCARD', 'ttv:jobs:' .. tenant .. ':queued')
  if queued >= allowance(tenant).max_queued then return 'too_many_jobs' end
  if redis.call('ZCARD', 'ttv:queued') >= LIMITS.max_queue then return 'queue_full' end
end

-- Steps of one job come together, high priorities first and then old jobs: films are finished
-- one after the other and not all at the end.
local function rank_of(id)
  local priority, created_at = unpack(redis.call('HMGET', job_key(id), 'priority', 'created_at'))
  return (1 - (priority or 0)) * CENTURIES + created_at
end

-- When a tenant's next step starts in virtual time.
local function start_of(pool, tenant)
  local start = redis.call('ZSCORE', 'ttv:turns:' .. pool, tenant)
  if start then return tonumber(start) end
  local present = redis.call('GET', 'ttv:present:' .. pool) or 0
  local served = redis.call('ZSCORE', 'ttv:served:' .. pool, tenant) or 0
  return math.max(tonumber(present), tonumber(served))
end

-- Let a tenant with waiting steps take turns.
local function join(pool, tenant)
  redis.call('ZADD', 'ttv:turns:' .. pool, 'NX', exact(start_of(pool, tenant)), tenant)
end

-- Put a step that may run now into its tenant's line.
local function line_up(step_id, pool, at)
  local id = parse(step_id)
  local tenant = redis.call('HGET', job_key(id), 'tenant')
  local begun = redis.call('SISMEMBER', 'ttv:begun:' .. tenant, id) == 1
  redis.call('ZADD', (begun and 'ttv:line:' or 'ttv:fresh:') .. pool .. ':' .. tenant,
    whole(rank_of(id)), step_id)
  redis.call('ZADD', 'ttv:waiting:' .. pool, whole(at), step_id)
  join(pool, tenant)
end

-- Let a step run from a time on. One that waits or was handed over stays where it is.
local function enqueue(step_id, pool, due)
  for _, where in ipairs({'ttv:sent:', 'ttv:waiting:', 'ttv:delayed:'}) do
    if redis.call('ZSCORE', where .. pool, step_id) then return end
  end
  local at = clock()
  if tonumber(due) > at then
    redis.call('ZADD', 'ttv:delayed:' .. pool, whole(due), step_id)
  else
    line_up(step_id, pool, at)
  end
end

-- Let a step run as soon as its job may begin; else as enqueue.
local function enqueue_now(id, step_id, pool)
  enqueue(step_id, pool, redis.call('HGET', job_key(id), 'start_at') or 0)
end

-- Take a step out of the queue, wherever in it it is; the job stays begun if it was. One that
-- is not there is no error.
local function dequeue(step_id, pool)
  local tenant = redis.call('HGET', job_key(parse(step_id)), 'tenant')
  for _, key in ipairs({'ttv:line:' .. pool .. ':' .. tenant, 'ttv:fresh:' .. pool .. ':' .. tenant,
    'ttv:waiting:' .. pool, 'ttv:delayed:' .. pool, 'ttv:sent:' .. pool}) do
    redis.call('ZREM', key, step_id)
  end
end

-- Count a job as begun: its other steps that wait need no leave any more.
local function begin(id)
  local tenant, attempt = unpack(redis.call('HMGET', job_key(id), 'tenant', 'attempt'))
  if redis.call('SADD', 'ttv:begun:' .. tenant, id) == 0 then return end
  redis.call('ZADD', 'ttv:busy', 0, tenant)
  each_step(id, function(name, state)
    if state ~= 'ready' then return end
    local pool, step_id = pool_of(id, name), id .. ':' .. attempt .. ':' .. name
    if redis.call('ZREM', 'ttv:fresh:' .. pool .. ':' .. tenant, step_id) == 1 then
      redis.call('ZADD', 'ttv:line:' .. pool .. ':' .. tenant, whole(rank_of(id)), step_id)
    end
  end)
end

-- Let the waiting steps of a tenant's new jobs take turns again, if the tenant may begin more.
local function readmit(tenant)
  for _, pool in ipairs(POOLS) do
    if redis.call('EXISTS', 'ttv:fresh:' .. pool .. ':' .. tenant) == 1 then join(pool, tenant) end
  end
end

-- Count a job as queued; once it is anything else it is counted no more.
stand_up = function(id, at)
  redis.call('ZADD', 'ttv:queued', whole(at), id)
  redis.call('ZADD', 'ttv:busy', 0, redis.call('HGET', job_key(id), 'tenant'))
end

-- Count a job as begun no more: it is over or held, and another of its tenant may begin. Its
-- steps must be out of the queue.
stand_down = function(id)
  local tenant = redis.call('HGET', job_key(id), 'tenant')
  if redis.call('SREM', 'ttv:begun:' .. tenant, id) == 1 then readmit(tenant) end
  if redis.call('SCARD', 'ttv:begun:' .. tenant) == 0
    and redis.call('ZCARD', 'ttv:jobs:' .. tenant .. ':queued') == 0 then
    redis.call('ZREM', 'ttv:busy', tenant)
  end
end

-- Let a worker hold a step until a time, or longer than it did.
local function occupy(step_id, pool, until_when)
  redis.call('ZADD', 'ttv:leases', whole(until_when), step_id)
  redis.call('SADD', 'ttv:leased:' .. pool, step_id)
end

-- Give the slot of a step free; who calls this dispatches the pool.
local function vacate(step_id, pool)
  redis.call('ZREM', 'ttv:leases', step_id)
  redis.call('SREM', 'ttv:leased:' .. pool, step_id)
end

-- Move delayed steps whose time has come into their lines.
local function wake(pool, at, limit)
  local due = redis.call('ZRANGEBYSCORE', 'ttv:delayed:' .. pool, '-inf', whole(at),
    'LIMIT', 0, limit)
  for _, step_id in ipairs(due) do
    redis.call('ZREM', 'ttv:delayed:' .. pool, step_id)
    line_up(step_id, pool, at)
  end
end

-- Give the step that a tenant would run next, or nil: none waits, or only new jobs' steps do
-- and the tenant may begin none.
local function next_of(pool, tenant, may)
  local function first(kind)
    local line = 'ttv:' .. kind .. ':' .. pool .. ':' .. tenant
    return unpack(redis.call('ZRANGE', line, 0, 0, 'WITHSCORES'))
  end
  local step_id, rank = first('line')
  if redis.call('SCARD', 'ttv:begun:' .. tenant) >= may.max_running then return step_id end
  local new, new_rank = first('fresh')
  if new and (not step_id or tonumber(new_rank) < tonumber(rank)) then return new end
  return step_id
end

-- Hand a step over, and move its tenant on by what it takes.
local function serve(pool, tenant, start, step_id, may, at)
  local id, _, name = parse(step_id)
  local weight = cjson.decode(redis.call('HGET', steps_key(id), name)).weight
  local following = exact(start + weight / may.weight)
  dequeue(step_id, pool)
  redis.call('ZADD', 'ttv:sent:' .. pool, whole(at), step_id)
  begin(id)
  redis.call('SET', 'ttv:present:' .. pool, exact(start))
  -- What is not ahead of the present says nothing any more.
  redis.call('ZREMRANGEBYSCORE', 'ttv:served:' .. pool, '-inf', exact(start))
  redis.call('ZADD', 'ttv:served:' .. pool, following, tenant)
  redis.call('ZADD', 'ttv:turns:' .. pool, following, tenant)
end

-- Take steps of a pool for the queue, no more than there are free slots: the order of all
-- others can still change. Appends id, pool and time of each to tickets.
local function dispatch(pool, at, tickets)
  wake(pool, at, WOKEN)
  local room = tonumber(redis.call('GET', 'ttv:slots:' .. pool) or 0)
    - redis.call('ZCARD', 'ttv:sent:' .. pool) - redis.call('SCARD', 'ttv:leased:' .. pool)
  while room > 0 do
    local tenant, start = unpack(redis.call('ZRANGE', 'ttv:turns:' .. pool, 0, 0, 'WITHSCORES'))
    if not tenant then return end
    local may = allowance(tenant)
    local step_id = next_of(pool, tenant, may)
    if step_id then
      serve(pool, tenant, tonumber(start), step_id, may, at)
      for _, fact in ipairs({step_id, pool, whole(at)}) do table.insert(tickets, fact) end
      room = room - 1
    else
      redis.call('ZREM', 'ttv:turns:' .. pool, tenant)
    end
  end
end

-- Hand steps over again that nobody claimed: the worker that got them is gone. While no worker
-- lives they stay where they are.
local function resend(pool, at, unclaimed, limit, tickets)
  if redis.call('EXISTS', 'ttv:slots:' .. pool) == 0 then return end
  local stale = redis.call('ZRANGEBYSCORE', 'ttv:sent:' .. pool, '-inf', whole(at - unclaimed),
    'LIMIT', 0, limit)
  for _, step_id in ipairs(stale) do
    redis.call('ZADD', 'ttv:sent:' .. pool, whole(at), step_id)
    for _, fact in ipairs({step_id, pool, whole(at)}) do table.insert(tickets, fact) end
  end
end

-- The server's clock was set back by some milliseconds: what should end, or be done again, soon
-- must not wait as much longer. Times that people chose stay.
local function set_back(by)
  local keys = {'ttv:leases', 'ttv:started', 'ttv:workers:seen'}
  for _, pool in ipairs(POOLS) do table.insert(keys, 'ttv:sent:' .. pool) end
  for _, key in ipairs(keys) do
    for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      redis.call('ZINCRBY', key, -by, member)
    end
  end
end

-- Count the slots of the live workers. They are forgotten when no worker beats any more.
local function count_slots(at, alive)
  local slots = {}
  local seen = redis.call('ZRANGEBYSCORE', 'ttv:workers:seen', whole(at - alive), '+inf')
  for _, live in ipairs(seen) do
    for pool, count in pairs(cjson.decode(redis.call('HGET', 'ttv:workers', live)).slots) do
      slots[pool] = (slots[pool] or 0) + count
    end
  end
  for _, pool in ipairs(POOLS) do
    if slots[pool] then
      redis.call('SET', 'ttv:slots:' .. pool, slots[pool], 'PX', 2 * alive)
    else
      redis.call('DEL', 'ttv:slots:' .. pool)
    end
  end
end
