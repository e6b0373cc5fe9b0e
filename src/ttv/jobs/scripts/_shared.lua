-- What every script knows: names of keys, the clock, the state tables, the journal, the queue.
-- MOVES, OVER and STEP_MOVES are written in front of this file from jobs/_state.py,
-- LIMITS and POOLS from jobs/_limits.py and jobs/_job.py.
--
-- ttv:job:<id>           hash    the job, one field per fact
-- ttv:job:<id>:steps     hash    <step> its definition, <step>:state, :token, :result ...
-- ttv:job:<id>:heard     hash    <step> how far it is, until the job's readers are told
-- ttv:job:<id>:events    stream  what happened, oldest first
-- ttv:jobs:<tenant>[:<state>]  sorted set  ids in the order of creation, for listings
-- ttv:queued             sorted set  ids of all queued jobs, by the time they were accepted
-- ttv:busy               sorted set  tenants with jobs that are queued or have begun, by name
-- ttv:begun:<tenant>     set     ids of the jobs that have begun and are neither over nor held
-- ttv:tenant:<name>      hash    what an operator set for a tenant: weight, max_queued ...
-- ttv:tenants            set     tenants for whom something was set
-- ttv:waiting:<pool>     sorted set  step ids that may run now, by the time since when
-- ttv:line:<pool>:<tenant>   sorted set  of these, the steps of jobs that have begun, in order
-- ttv:fresh:<pool>:<tenant>  sorted set  of these, the steps of jobs that have not, in order
-- ttv:delayed:<pool>     sorted set  step ids that may run later, by the time from which on
-- ttv:sent:<pool>        sorted set  step ids handed to the queue and not yet claimed
-- ttv:leases             sorted set  step ids that run, by the end of their lease
-- ttv:leased:<pool>      set     the same by pool; each has a slot
-- ttv:turns:<pool>       sorted set  tenants whose steps wait, by the start of their next one
-- ttv:served:<pool>      sorted set  tenants served lately, by the virtual time they are at
-- ttv:present:<pool>     number  the virtual time
-- ttv:paces              hash    how long work takes; _paces.lua
-- ttv:started            sorted set  started jobs, by the time they were last looked at
-- ttv:token              number  the last fencing token
-- ttv:idempotency:<tenant>:<hash>  hash  the job that a key made or changed, and of which request;
--                        for a day
-- ttv:workers            hash    <worker> what it says of itself
-- ttv:workers:seen       sorted set  workers, by the time they were last heard of
-- ttv:slots:<pool>       number  how many steps the live workers run at once
-- ttv:sweeper            string  the process that swept last; gone when it is time to sweep again
-- ttv:tidier             string  the process that has the turn to sweep the store (turn.lua)
-- ttv:totals             hash    what all workers counted (no script; jobs/_totals.py)
-- ttv:deadlines          sorted set  jobs that are not over, by the time at which they fail
-- ttv:dead[:<tenant>]    sorted set  steps that failed for good, by the time; _letters.lua
-- ttv:deleted            sorted set  deleted jobs whose files may still be there, by the time
-- ttv:deleted:<id>       hash    such a job as it was, or one with money still set aside
-- ttv:deleted:<id>:steps hash    its steps as they were
-- ttv:gone               sorted set  jobs deleted in the last day, by the time: nobody makes them again
-- ttv:spend:...          hash    what is set aside and spent; _spend.lua
-- ttv:hooks:of:<tenant>  sorted set  the tenant's webhooks, and
-- ttv:hooks:told         list    what they are to be told; _told.lua
-- ttv:canceled           channel  <id>:<attempt> of jobs as they are called off
-- ttv:happened           channel  ids of jobs as something happens to them

local JOURNAL_LENGTH = 5000
-- Two are in _queueing.lua and one is in _told.lua, which need what is here.
local stand_up, stand_down, tell

local function job_key(id) return 'ttv:job:' .. id end
local function steps_key(id) return 'ttv:job:' .. id .. ':steps' end
local function aside_key(id) return 'ttv:deleted:' .. id end

-- Milliseconds by the server's clock: workers' clocks may differ, so they decide nothing.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function whole(number) return string.format('%.0f', number) end

local function parse(step_id)
  return string.match(step_id, '^([^:]+):(%d+):([^:]+)$')
end

-- Count a change, write it to the job's journal, and tell those who listen that it happened.
local function record(id, kind, step, message)
  local revision = redis.call('HINCRBY', job_key(id), 'revision', 1)
  redis.call('XADD', job_key(id) .. ':events', 'MAXLEN', '~', JOURNAL_LENGTH, '*',
    'kind', kind, 'revision', revision, 'step', step or '', 'message', message or '',
    'progress', redis.call('HGET', job_key(id), 'progress'))
  redis.call('PUBLISH', 'ttv:happened', id)
end

-- The only place that sets the state of a job.
local function move(id, to, at)
  local from, tenant = unpack(redis.call('HMGET', job_key(id), 'state', 'tenant'))
  assert(MOVES[from][to], 'a job cannot go from ' .. from .. ' to ' .. to)
  redis.call('HSET', job_key(id), 'state', to)
  redis.call('ZREM', 'ttv:jobs:' .. tenant .. ':' .. from, id)
  redis.call('ZADD', 'ttv:jobs:' .. tenant .. ':' .. to, 0, id)
  if to == 'queued' then stand_up(id, at) else redis.call('ZREM', 'ttv:queued', id) end
  if OVER[to] then
    redis.call('HSET', job_key(id), 'finished_at', whole(at), 'message', '')
    redis.call('HDEL', job_key(id), 'hold')
    redis.call('DEL', job_key(id) .. ':heard')
    redis.call('ZREM', 'ttv:started', id)
    redis.call('ZREM', 'ttv:deadlines', id)
    stand_down(id)
  elseif to == 'started' then
    redis.call('HSET', job_key(id), 'started_at', whole(at))
    redis.call('ZADD', 'ttv:started', whole(at), id)
  end
  if to ~= 'queued' then tell(id, to, at) end
end

-- Tell whether steps of a job may start.
local function goes_on(id)
  local state, hold = unpack(redis.call('HMGET', job_key(id), 'state', 'hold'))
  return not OVER[state] and not hold
end

-- Call visit(name, state) for every step of a job.
local function each_step(id, visit)
  local fields = redis.call('HGETALL', steps_key(id))
  for i = 1, #fields, 2 do
    local name = string.match(fields[i], '^([^:]+):state$')
    if name then visit(name, fields[i + 1]) end
  end
end

-- The only place that sets the state of a step.
local function move_step(id, name, to)
  local from = redis.call('HGET', steps_key(id), name .. ':state')
  assert(STEP_MOVES[from][to], 'a step cannot go from ' .. from .. ' to ' .. to)
  redis.call('HSET', steps_key(id), name .. ':state', to)
end

-- Why a worker does not hold a step any more, or nil while it does. The worker's name is
-- compared too: a Redis that lost its last second may give a token out twice.
local function lost(step_id, worker, token)
  local id, attempt, name = parse(step_id)
  local state, current = unpack(redis.call('HMGET', job_key(id), 'state', 'attempt'))
  if not state or current ~= attempt then return 'lost' end
  local step = redis.call('HMGET', steps_key(id), name .. ':state', name .. ':worker',
    name .. ':token')
  if state == 'canceled' or step[1] == 'canceled' then return 'canceled' end
  if step[1] ~= 'running' or step[2] ~= worker or step[3] ~= token then return 'lost' end
end
