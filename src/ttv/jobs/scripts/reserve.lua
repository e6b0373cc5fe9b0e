-- Set money aside for a purchase of a claimed step. Twice is once. Answers reserved; canceled
-- or lost where the claim does not stand any more; or the first limit that would be passed, how
-- high it is and how much of it is used.
local step_id, worker, token, name, engine, amount, message = unpack(ARGV)
local reason = lost(step_id, worker, token)
if reason then return {reason} end
local id, _, step = parse(step_id)
if find_purchase(id, name) then return {'reserved'} end

local purchase = new_purchase(id, step, engine)
purchase.state, purchase.amount = 'reserved', tonumber(amount)
local max_cost, key, tenant = unpack(redis.call('HMGET', job_key(id), 'max_cost', 'key', 'tenant'))
local limits = {job = max_cost}
limits.tenant_day = redis.call('HGET', 'ttv:tenant:' .. tenant, 'max_cost_per_day')
if key then
  limits.key, limits.key_day =
    unpack(redis.call('HMGET', 'ttv:key:' .. key, 'max_cost', 'max_cost_per_day'))
end
local sum_of = sums(id, purchase)
for _, of in ipairs({'job', 'key', 'key_day', 'tenant_day'}) do
  if limits[of] then
    local reserved, spent = unpack(redis.call('HMGET', sum_of[of], 'reserved', 'spent'))
    local used = (tonumber(reserved) or 0) + (tonumber(spent) or 0)
    if used + purchase.amount > tonumber(limits[of]) then return {of, limits[of], whole(used)} end
  end
end

add(id, purchase, 'reserved', purchase.amount)
keep_purchase(id, name, purchase)
record(id, 'reserved', step, message)
return {'reserved'}
