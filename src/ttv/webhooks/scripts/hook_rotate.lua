-- Give an endpoint another secret; for a while messages are signed with the old one too.
-- Repeated with the same secret it gives the same answer.
local id, tenant, secret, overlap = unpack(ARGV)
if not is_theirs(id, tenant) then return {} end
local current = redis.call('HGET', hook_key(id), 'secret')
if current ~= secret then
  redis.call('HSET', hook_key(id), 'secret', secret, 'old_secret', current,
    'old_secret_until', whole(clock() + overlap))
end
return shown(id)
