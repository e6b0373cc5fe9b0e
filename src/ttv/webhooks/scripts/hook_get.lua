-- Give a tenant's endpoint.
local id, tenant = unpack(ARGV)
return is_theirs(id, tenant) and shown(id) or {}
