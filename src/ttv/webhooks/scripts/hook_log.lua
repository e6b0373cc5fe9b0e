-- Give the tries of a tenant's endpoint, newest first.
local id, tenant = unpack(ARGV)
if not is_theirs(id, tenant) then return {0} end
return {1, redis.call('LRANGE', part(id, 'log'), 0, -1)}
