-- Note how a try went: delivered, gone (the receiver wants nothing any more), or to be tried again
-- after some milliseconds, with none given never. A try that is not the last of its message is told
-- so: another courier has it by now.
local id, message, token, status, ms, error, wait = unpack(ARGV)
local at = clock()
local mail = load_mail(id, message)
if not mail or tostring(mail.token) ~= token or mail.state then return 'late' end
redis.call('ZREM', part(id, 'flying'), message)
-- Its lease may have run out, and nobody else have it yet.
redis.call('ZREM', part(id, 'due'), message)

local line = {message = message, type = mail.type, at = at, number = mail.tries, ms = tonumber(ms)}
if status ~= '' then line.status = tonumber(status) end
local outcome
if error == '' then
  redis.call('HSET', hook_key(id), 'delivered_at', whole(at))
  redis.call('HDEL', hook_key(id), 'failing_since')
  finish(id, message, mail, 'delivered', at)
  outcome = 'delivered'
else
  line.error = error
  redis.call('HSETNX', hook_key(id), 'failing_since', whole(at))
  mail.failing_since = mail.failing_since or at
  save_mail(id, message, mail)
  if wait ~= '' and status ~= '410' then
    line.next_at = at + tonumber(wait)
    redis.call('ZADD', part(id, 'due'), whole(line.next_at), message)
    outcome = 'waits'
  else
    finish(id, message, mail, 'failed', at)
    outcome = 'failed'
    local since = tonumber(redis.call('HGET', hook_key(id), 'failing_since'))
    if status == '410' then
      disable(id, 'it answered 410, that it wants nothing any more')
      outcome = 'disabled'
    elseif since <= mail.failing_since then
      disable(id, 'nothing was delivered from the first try of a message to its last')
      outcome = 'disabled'
    end
  end
end
log_try(id, line)
redis.call('HINCRBY', 'ttv:hooks:outcomes', outcome, 1)
set_turn(id, at)
return outcome
