-- Make a key that allows what another one does, which ends after a while.
-- Repeated with the same hash it gives the same answer.
local old, id, hash, proof, tenant, overlap, actor, request_id = unpack(ARGV)
local at = clock()

if redis.call('GET', 'ttv:keyring') ~= proof then return {'foreign'} end
local known = redis.call('HGET', key_of(id), 'hmac')
if known == hash then return {'made', shown(id)} end
if known then return {'taken'} end
local owner = redis.call('HGET', key_of(old), 'tenant')
if not owner or (tenant ~= '' and owner ~= tenant) then return {'gone'} end
if not is_live(old, at) then return {'dead'} end

-- What the old key has spent of its limits, the new one has spent: both have one budget.
local fields = {'hmac', hash, 'budget', budget_of(old)}
for _, name in ipairs({'name', 'scopes', 'max_cost', 'max_cost_per_day'}) do
  local value = redis.call('HGET', key_of(old), name)
  if value then
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
end
local created, expires = unpack(redis.call('HMGET', key_of(old), 'created_at', 'expires_at'))
local lifetime = expires and whole(math.ceil((expires - created) / 1000)) or ''
keep(id, owner, lifetime, at, fields)
local ends = at + overlap * 1000
if not expires or ends < tonumber(expires) then
  redis.call('HSET', key_of(old), 'expires_at', whole(ends))
end
audit(actor, 'key.rotate', old, request_id)
audit(actor, 'key.create', id, request_id)
return {'made', shown(id)}
