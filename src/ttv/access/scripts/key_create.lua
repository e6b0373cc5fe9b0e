-- Make a key. Repeated with the same hash it gives the same answer.
local id, hash, proof, tenant, lifetime, most, actor, request_id = unpack(ARGV, 1, 8)
local at = clock()

local kept = redis.call('GET', 'ttv:keyring')
if kept and kept ~= proof then return {'foreign'} end
local known = redis.call('HGET', key_of(id), 'hmac')
if known == hash then return {'made', shown(id)} end
if known then return {'taken'} end
forget_old(tenant, at)
if count_live(tenant, at) >= tonumber(most) then return {'full'} end

redis.call('SET', 'ttv:keyring', proof)
keep(id, tenant, lifetime, at, {'hmac', hash, unpack(ARGV, 9)})
audit(actor, 'key.create', id, request_id)
return {'made', shown(id)}
