-- What every script of this room knows: names of keys, the clock, the queue of each endpoint.
--
-- ttv:hooks:of:<tenant> sorted set  ids of a tenant's endpoints, in the order of creation; while
--                       there is one, jobs/scripts/_told.lua tells what happens to the jobs
-- ttv:hooks:told        list        what they told, oldest first, until it is put in the queues
-- ttv:hook:<id>         hash        an endpoint, one field per fact; its secret among them
-- ttv:hook:<id>:mail    hash        <message> its delivery to this endpoint, as JSON: what is in
--                       it, how often it was tried, the token of the last try, and its state
-- ttv:hook:<id>:due     sorted set  messages to be sent, by the time from which on
-- ttv:hook:<id>:flying  sorted set  messages that are being sent, by the end of their lease
-- ttv:hook:<id>:ended   sorted set  messages that are delivered or given up, by the time
-- ttv:hook:<id>:log     list        tries, newest first
-- ttv:hooks:turns       sorted set  endpoints with messages, by the time of their next turn
-- ttv:hooks:token       number      the last token of a try
-- ttv:hooks:outcomes    hash        <outcome> how many tries of all endpoints ended so

-- Messages that one endpoint is sent at once; while it fails, one.
local AT_ONCE = 4
-- Deliveries that ended, and tries, that are kept for each endpoint.
local KEPT = 100

local function hook_key(id) return 'ttv:hook:' .. id end
local function part(id, name) return 'ttv:hook:' .. id .. ':' .. name end
local function whole(number) return string.format('%.0f', number) end

-- Milliseconds by the server's clock: those of its clients may differ, so they decide nothing.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function is_theirs(id, tenant) return redis.call('HGET', hook_key(id), 'tenant') == tenant end

-- An endpoint as its readers get it: all but its secrets.
local function shown(id)
  local fields, facts = redis.call('HGETALL', hook_key(id)), {}
  for i = 1, #fields, 2 do
    if fields[i] ~= 'secret' and fields[i] ~= 'old_secret' then
      facts[#facts + 1] = fields[i]
      facts[#facts + 1] = fields[i + 1]
    end
  end
  facts[#facts + 1] = 'waiting'
  facts[#facts + 1] = redis.call('ZCARD', part(id, 'due')) + redis.call('ZCARD', part(id, 'flying'))
  return facts
end

local function first(key)
  local score = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  return score and tonumber(score)
end

-- How many more messages an endpoint may be sent now.
local function room(id)
  local most = redis.call('HEXISTS', hook_key(id), 'failing_since') == 1 and 1 or AT_ONCE
  return most - redis.call('ZCARD', part(id, 'flying'))
end

-- Set when an endpoint is looked at next. One that was just served comes after those that wait.
local function set_turn(id, at)
  local due, flying = first(part(id, 'due')), first(part(id, 'flying'))
  local next = due and room(id) > 0 and math.min(due, flying or due) or flying
  if next then
    redis.call('ZADD', 'ttv:hooks:turns', whole(math.max(next, at)), id)
  else
    redis.call('ZREM', 'ttv:hooks:turns', id)
  end
end

local function load_mail(id, message)
  local text = redis.call('HGET', part(id, 'mail'), message)
  return text and cjson.decode(text)
end

local function save_mail(id, message, mail)
  redis.call('HSET', part(id, 'mail'), message, cjson.encode(mail))
end

-- Put a message in the queue of an endpoint. One that is there already stays as it is.
local function post(id, message, mail, at)
  mail.tries = 0
  if redis.call('HSETNX', part(id, 'mail'), message, cjson.encode(mail)) == 1 then
    redis.call('ZADD', part(id, 'due'), whole(at), message)
    set_turn(id, at)
  end
end

-- Write a try down; what is nil in it is left out.
local function log_try(id, line)
  redis.call('LPUSH', part(id, 'log'), cjson.encode(line))
  redis.call('LTRIM', part(id, 'log'), 0, KEPT - 1)
end

-- End a delivery. It can be sent again by hand while it is kept.
local function finish(id, message, mail, state, at)
  mail.state = state
  save_mail(id, message, mail)
  redis.call('ZADD', part(id, 'ended'), whole(at), message)
  if redis.call('ZCARD', part(id, 'ended')) > KEPT then
    redis.call('HDEL', part(id, 'mail'), redis.call('ZPOPMIN', part(id, 'ended'))[1])
  end
end

local function disable(id, because)
  redis.call('HSET', hook_key(id), 'enabled', '0', 'because', because)
end
