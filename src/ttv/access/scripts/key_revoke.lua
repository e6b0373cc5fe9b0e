-- End a key at once and for good. Ending it twice is no error.
local id, tenant, actor, request_id = unpack(ARGV)
local owner = redis.call('HGET', key_of(id), 'tenant')
if not owner or (tenant ~= '' and owner ~= tenant) then return {} end
if redis.call('HSETNX', key_of(id), 'revoked_at', whole(clock())) == 1 then
  audit(actor, 'key.revoke', id, request_id)
end
return shown(id)
