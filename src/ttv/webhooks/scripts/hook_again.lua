-- Send a message again, now: its schedule begins anew, unless it is being tried already.
local id, tenant, message = unpack(ARGV)
local mail = is_theirs(id, tenant) and load_mail(id, message)
if not mail then return 'gone' end
if redis.call('HGET', hook_key(id), 'enabled') ~= '1' then return 'disabled' end
local at = clock()
if redis.call('ZSCORE', part(id, 'flying'), message) then return 'sent' end
if redis.call('ZREM', part(id, 'ended'), message) == 1 then
  mail.state, mail.failing_since, mail.tries = nil, nil, 0
  save_mail(id, message, mail)
end
redis.call('ZADD', part(id, 'due'), whole(at), message)
set_turn(id, at)
return 'sent'
