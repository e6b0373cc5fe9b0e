#!lua flags=allow-oom
-- What every script of this room knows. A full Redis must still let people in and lock them out.
--
-- ttv:key:<id>        hash        a key, one field per fact; of its secret only a keyed hash
-- ttv:keys            sorted set  ids of all keys, by the time they were made
-- ttv:keys:<tenant>   sorted set  the same of one tenant
-- ttv:keyring         string      what tells the secret that keys are hashed with from another;
--                                 there since the first key was made
-- ttv:audit           stream      who changed which key, oldest first; never trimmed
-- ttv:spend:key:<budget>  hash    what the jobs of a key have cost; the room of the jobs keeps it
-- ttv:rate:<policy>:<who>  number  microseconds since 1970 when all is free again

local function whole(number) return string.format('%.0f', number) end

-- Microseconds by the server's clock: those of its clients may differ, so they decide nothing.
local function microseconds()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function clock() return math.floor(microseconds() / 1000) end

local function key_of(id) return 'ttv:key:' .. id end

-- A key and those that it was rotated to have one budget, named by the first of them.
local function budget_of(id) return redis.call('HGET', key_of(id), 'budget') or id end

-- A key as its readers get it: its fields, and what was spent or set aside of its budget.
local function shown(id)
  local fields = redis.call('HGETALL', key_of(id))
  if not fields[1] then return fields end
  local sum = redis.call('HMGET', 'ttv:spend:key:' .. budget_of(id), 'reserved', 'spent')
  table.insert(fields, 'spent')
  table.insert(fields, whole((tonumber(sum[1]) or 0) + (tonumber(sum[2]) or 0)))
  return fields
end

local function is_live(id, at)
  local revoked, expires = unpack(redis.call('HMGET', key_of(id), 'revoked_at', 'expires_at'))
  return not revoked and (not expires or at < tonumber(expires))
end

local function audit(actor, action, id, request_id)
  redis.call('XADD', 'ttv:audit', '*', 'actor', actor, 'action', action, 'target', 'key:' .. id,
    'tenant', redis.call('HGET', key_of(id), 'tenant'), 'request_id', request_id)
end

-- Keys that have been dead for a month are forgotten; the audit log keeps that they were.
local MONTH = 30 * 24 * 3600 * 1000

local function forget_old(tenant, at)
  for _, id in ipairs(redis.call('ZRANGE', 'ttv:keys:' .. tenant, 0, -1)) do
    if not is_live(id, at - MONTH) then
      local revoked = redis.call('HGET', key_of(id), 'revoked_at')
      if not revoked or tonumber(revoked) < at - MONTH then
        redis.call('DEL', key_of(id))
        redis.call('ZREM', 'ttv:keys', id)
        redis.call('ZREM', 'ttv:keys:' .. tenant, id)
      end
    end
  end
end

local function count_live(tenant, at)
  local live = 0
  for _, id in ipairs(redis.call('ZRANGE', 'ttv:keys:' .. tenant, 0, -1)) do
    if is_live(id, at) then live = live + 1 end
  end
  return live
end

-- Keep a new key. Its fields are all but the times.
local function keep(id, tenant, lifetime, at, fields)
  redis.call('HSET', key_of(id), 'id', id, 'tenant', tenant, 'created_at', whole(at),
    unpack(fields))
  if lifetime ~= '' then
    redis.call('HSET', key_of(id), 'expires_at', whole(at + lifetime * 1000))
  end
  redis.call('ZADD', 'ttv:keys', whole(at), id)
  redis.call('ZADD', 'ttv:keys:' .. tenant, whole(at), id)
end
