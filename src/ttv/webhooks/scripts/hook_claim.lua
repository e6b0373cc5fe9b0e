-- Put what was told in the queues, and lease messages that are due. One whose lease ran out is due
-- again: its sender has died, perhaps after it was sent.
local lease, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local at = clock()
-- How much is looked at before others get their turn at Redis.
local MOST_TOLD, MOST_DROPPED = 200, 200
local claimed = {}

local function takes(id, type)
  local enabled, events = unpack(redis.call('HMGET', hook_key(id), 'enabled', 'events'))
  return enabled == '1' and string.find(' ' .. events .. ' ', ' ' .. type .. ' ', 1, true)
end

local function share(text)
  local told = cjson.decode(text)
  for _, id in ipairs(redis.call('ZRANGE', 'ttv:hooks:of:' .. told.tenant, 0, -1)) do
    if takes(id, told.type) then
      post(id, told.message, {type = told.type, at = told.at, data = told.data}, at)
    end
  end
end

-- Give up what comes due while its endpoint is disabled.
local function drop(id)
  local due = redis.call('ZRANGEBYSCORE', part(id, 'due'), '-inf', whole(at), 'LIMIT', 0,
    MOST_DROPPED)
  for _, message in ipairs(due) do
    local mail = load_mail(id, message)
    redis.call('ZREM', part(id, 'due'), message)
    log_try(id, {message = message, type = mail.type, at = at, number = mail.tries + 1, ms = 0,
      error = 'not sent: the endpoint is disabled'})
    finish(id, message, mail, 'failed', at)
  end
end

local function lease_to(id, message, url, secrets)
  local mail = load_mail(id, message)
  mail.tries = mail.tries + 1
  mail.token = redis.call('INCR', 'ttv:hooks:token')
  save_mail(id, message, mail)
  redis.call('ZREM', part(id, 'due'), message)
  redis.call('ZADD', part(id, 'flying'), whole(at + lease), message)
  claimed[#claimed + 1] = {id, message, mail.token, mail.tries, whole(at), url, secrets, mail.type,
    whole(mail.at), cjson.encode(mail.data)}
end

local function serve(id)
  for _, message in ipairs(redis.call('ZRANGEBYSCORE', part(id, 'flying'), '-inf', whole(at))) do
    redis.call('ZREM', part(id, 'flying'), message)
    redis.call('ZADD', part(id, 'due'), whole(at), message)
  end
  local enabled, url, secret, old, ends = unpack(redis.call('HMGET', hook_key(id), 'enabled', 'url',
    'secret', 'old_secret', 'old_secret_until'))
  if enabled ~= '1' then
    drop(id)
  else
    local secrets = secret
    if old and tonumber(ends) > at then
      secrets = secret .. ' ' .. old
    elseif old then
      redis.call('HDEL', hook_key(id), 'old_secret', 'old_secret_until')
    end
    local free = math.min(room(id), most - #claimed)
    if free > 0 then
      local due = redis.call('ZRANGEBYSCORE', part(id, 'due'), '-inf', whole(at), 'LIMIT', 0, free)
      for _, message in ipairs(due) do lease_to(id, message, url, secrets) end
    end
  end
  set_turn(id, at)
end

for _ = 1, MOST_TOLD do
  local text = redis.call('LPOP', 'ttv:hooks:told')
  if not text then break end
  share(text)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', 'ttv:hooks:turns', '-inf', whole(at), 'LIMIT', 0,
    most)) do
  if #claimed < most then serve(id) end
end
return claimed
