-- The dead letters: steps that failed for good, until their job is retried, remade or deleted.
-- Each is listed once for its tenant and once for all: <time>:<step id>, so that their order is
-- that of time. What failed and why is read from the record.

local MOST_LETTERS = 10000

local function list_dead(id, attempt, name, at)
  local tenant = redis.call('HGET', job_key(id), 'tenant')
  local letter = string.format('%015.0f', at) .. ':' .. id .. ':' .. attempt .. ':' .. name
  redis.call('HSET', steps_key(id), name .. ':letter', letter)
  for _, list in ipairs({'ttv:dead', 'ttv:dead:' .. tenant}) do
    redis.call('ZADD', list, 0, letter)
    redis.call('ZREMRANGEBYRANK', list, 0, -MOST_LETTERS - 1)
  end
end

-- Take all letters of a job off the lists.
local function clear_dead(id)
  local tenant = redis.call('HGET', job_key(id), 'tenant')
  each_step(id, function(name)
    local letter = redis.call('HGET', steps_key(id), name .. ':letter')
    if letter then
      redis.call('ZREM', 'ttv:dead', letter)
      redis.call('ZREM', 'ttv:dead:' .. tenant, letter)
    end
  end)
end

