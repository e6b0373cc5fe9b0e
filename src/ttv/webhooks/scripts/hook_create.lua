-- Make an endpoint. Repeated with the same id it gives the same answer.
local id, tenant, most, secret = unpack(ARGV, 1, 4)
local at = clock()
local index = 'ttv:hooks:of:' .. tenant
if redis.call('EXISTS', hook_key(id)) == 0 then
  if redis.call('ZCARD', index) >= tonumber(most) then return {} end
  redis.call('HSET', hook_key(id), 'id', id, 'tenant', tenant, 'secret', secret, 'enabled', '1',
    'description', '', 'created_at', whole(at), unpack(ARGV, 5))
  redis.call('ZADD', index, whole(at), id)
end
return shown(id)
