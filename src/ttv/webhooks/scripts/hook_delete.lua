-- Remove an endpoint and all that waits for it.
local id, tenant = unpack(ARGV)
if not is_theirs(id, tenant) then return 0 end
redis.call('ZREM', 'ttv:hooks:of:' .. tenant, id)
redis.call('ZREM', 'ttv:hooks:turns', id)
redis.call('UNLINK', hook_key(id), part(id, 'mail'), part(id, 'due'), part(id, 'flying'),
  part(id, 'ended'), part(id, 'log'))
return 1
