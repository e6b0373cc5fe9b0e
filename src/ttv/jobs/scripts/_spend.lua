-- What is set aside and what is spent, in millionths of a US dollar: the sums of a job, of the
-- step, and of the API key and of the tenant on a day. A purchase counts on the day on which its
-- money was set aside, whenever it is paid.
--
-- ttv:job:<id>:purchases      hash  <purchase> its step, engine, day, state and amount
-- ttv:spend:key:<key>:<day>   hash  reserved, spent on a day, counted from 1970; for some weeks
-- ttv:spend:tenant:<name>:<day>  hash  likewise
-- ttv:spend:orphans           sorted set  jobs called off while something was bought, by the time
--                                         from which on it is nobody's

local ONE_DAY = 24 * 3600 * 1000
local KEEP_SUMS = 62 * ONE_DAY
local FOLLOWED = 15 * 1000

local function purchases_key(id) return 'ttv:job:' .. id .. ':purchases' end

local function today(at) return math.floor(at / ONE_DAY) end

-- The hashes that hold the sums of a job on a day, by what they are of.
local function sums(id, day)
  local key, tenant = unpack(redis.call('HMGET', job_key(id), 'key', 'tenant'))
  local found = {job = job_key(id), tenant_day = 'ttv:spend:tenant:' .. tenant .. ':' .. whole(day)}
  if key then found.key_day = 'ttv:spend:key:' .. key .. ':' .. whole(day) end
  return found
end

local function add(id, purchase, fact, amount)
  for of, sum in pairs(sums(id, purchase.day)) do
    redis.call('HINCRBY', sum, fact, whole(amount))
    if of ~= 'job' then redis.call('PEXPIRE', sum, KEEP_SUMS) end
  end
  redis.call('HINCRBY', steps_key(id), purchase.step .. ':' .. fact, whole(amount))
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

-- Have somebody look after what is bought for a job that is called off, once the worker that
-- follows it has had the time to do so.
local function orphan_purchases(id)
  if redis.call('EXISTS', purchases_key(id)) == 1 then
    redis.call('ZADD', 'ttv:spend:orphans', whole(clock() + FOLLOWED), id)
  end
end

-- Forget the purchases of a job that is deleted: what was spent stays in the sums of others.
local function forget_purchases(id)
  local known = redis.call('HGETALL', purchases_key(id))
  for i = 1, #known, 2 do unreserve(id, known[i], cjson.decode(known[i + 1])) end
  redis.call('DEL', purchases_key(id))
end

