-- What is set aside and what is spent, in millionths of a US dollar: the sums of a job, of the
-- step, of the API key, and of the key and of the tenant on a day. A purchase counts on the day on
-- which its money was set aside, whenever it is paid. An API key and those that it was rotated to
-- have one budget, named by the first of them.
--
-- ttv:job:<id>:purchases      hash  <purchase> its step, engine, budget, day, state and amount
-- ttv:spend:key:<budget>      hash  reserved, spent since the key was made; kept for good
-- ttv:spend:key:<budget>:<day>   hash  the same on a day, counted from 1970; for some weeks
-- ttv:spend:tenant:<name>:<day>  hash  likewise
-- ttv:spend:orphans           sorted set  jobs called off while something was bought, by the time
--                                         from which on it is nobody's

local ONE_DAY = 24 * 3600 * 1000
local KEEP_SUMS = 62 * ONE_DAY
local FOLLOWED = 15 * 1000

local function purchases_key(id) return 'ttv:job:' .. id .. ':purchases' end

-- Where the record of a job is; that of a deleted one stays while money is set aside for it.
local function record_key(id)
  return redis.call('EXISTS', aside_key(id)) == 1 and aside_key(id) or job_key(id)
end

-- A purchase that is made today, before anything is counted.
local function new_purchase(id, step, engine)
  local key = redis.call('HGET', record_key(id), 'key')
  local budget = key and (redis.call('HGET', 'ttv:key:' .. key, 'budget') or key) or nil
  return {step = step, engine = engine, budget = budget, day = math.floor(clock() / ONE_DAY)}
end

-- The hashes that hold the sums in which a purchase counts, by what they are of.
local function sums(id, purchase)
  local job = record_key(id)
  local tenant, day = redis.call('HGET', job, 'tenant'), ':' .. whole(purchase.day)
  local found = {job = job, tenant_day = 'ttv:spend:tenant:' .. tenant .. day}
  if purchase.budget then
    found.key = 'ttv:spend:key:' .. purchase.budget
    found.key_day = found.key .. day
  end
  return found
end

local function add(id, purchase, fact, amount)
  local of = sums(id, purchase)
  for _, sum in pairs(of) do redis.call('HINCRBY', sum, fact, whole(amount)) end
  redis.call('PEXPIRE', of.tenant_day, KEEP_SUMS)
  if of.key_day then redis.call('PEXPIRE', of.key_day, KEEP_SUMS) end
  redis.call('HINCRBY', of.job .. ':steps', purchase.step .. ':' .. fact, whole(amount))
end

local function find_purchase(id, name)
  local known = redis.call('HGET', purchases_key(id), name)
  return known and cjson.decode(known)
end

local function keep_purchase(id, name, purchase)
  redis.call('HSET', purchases_key(id), name, cjson.encode(purchase))
end

-- Give back what is set aside for a purchase; false when nothing is.
local function unreserve(id, name, purchase)
  if not purchase or purchase.state ~= 'reserved' then return false end
  add(id, purchase, 'reserved', -purchase.amount)
  redis.call('HDEL', purchases_key(id), name)
  return true
end

-- Count a purchase as spent, whether or not money was set aside for it.
local function spend(id, name, purchase, cost)
  unreserve(id, name, purchase)
  purchase.state, purchase.amount = 'spent', cost
  add(id, purchase, 'spent', cost)
  keep_purchase(id, name, purchase)
end

-- Have somebody look after what is set aside for a job that is called off, finished or deleted,
-- once the worker that follows it has had the time to do so.
local function orphan_purchases(id)
  if tonumber(redis.call('HGET', job_key(id), 'reserved') or 0) > 0 then
    redis.call('ZADD', 'ttv:spend:orphans', whole(clock() + FOLLOWED), id)
  end
end

-- Drop what is kept of a deleted job, once its files are gone and nothing is set aside for it: what
-- a dead worker was buying has to be called off first.
local function drop_deleted(id)
  local aside = aside_key(id)
  local reserved = tonumber(redis.call('HGET', aside, 'reserved') or 0)
  if redis.call('ZSCORE', 'ttv:deleted', id) or reserved > 0 then return end
  redis.call('DEL', aside, aside .. ':steps', purchases_key(id))
end

-- Tell the readers of a job what has become of a purchase; a deleted one has none any more.
local function tell_purchase(id, kind, step, message)
  if redis.call('EXISTS', job_key(id)) == 1 then
    record(id, kind, step, message)
  else
    drop_deleted(id)
  end
end

