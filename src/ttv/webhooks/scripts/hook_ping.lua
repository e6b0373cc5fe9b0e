-- Send an endpoint a message that only tries it out, whatever events it takes.
local id, tenant, message, type = unpack(ARGV)
if not is_theirs(id, tenant) then return 'gone' end
if redis.call('HGET', hook_key(id), 'enabled') ~= '1' then return 'disabled' end
local at = clock()
post(id, message, {type = type, at = at, data = {id = id}}, at)
return 'sent'
