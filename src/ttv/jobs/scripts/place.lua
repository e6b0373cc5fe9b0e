-- Read a job and its steps, and, unless it is over or held, what tells its place: the paces, the
-- slots and how crowded each pool is; and of a job that waits for its turn, where it and the
-- tenants before it stand.
local id, most = unpack(ARGV)
local at = clock()
local job, steps = redis.call('HGETALL', job_key(id)), redis.call('HGETALL', steps_key(id))
if not goes_on(id) then return {job, steps, {}} end
local pools = {}
for _, pool in ipairs(POOLS) do
  table.insert(pools, {pool, redis.call('GET', 'ttv:slots:' .. pool) or '0',
    redis.call('ZCARD', 'ttv:turns:' .. pool),
    redis.call('ZCARD', 'ttv:sent:' .. pool) + redis.call('SCARD', 'ttv:leased:' .. pool)})
end
local function reply(turn, rivals)
  return {job, steps, {whole(at), redis.call('HGETALL', 'ttv:paces'), pools,
    redis.call('ZCARD', 'ttv:started'), turn, rivals}}
end

local tenant, attempt, state = unpack(redis.call('HMGET', job_key(id), 'tenant', 'attempt',
  'state'))
if state ~= 'queued' then return reply({}, {}) end
local turn
each_step(id, function(name)
  local pool, step_id = pool_of(id, name), id .. ':' .. attempt .. ':' .. name
  local fresh = 'ttv:fresh:' .. pool .. ':' .. tenant
  local rank = redis.call('ZRANK', fresh, step_id)
  if rank and not turn then
    local before = redis.call('ZCOUNT', 'ttv:line:' .. pool .. ':' .. tenant, '-inf',
      '(' .. whole(rank_of(id)))
    turn = {tenant, pool, exact(start_of(pool, tenant)), exact(allowance(tenant).weight), before,
      rank, name}
  end
end)
if not turn then return reply({}, {}) end

local rivals = {}
local pool = turn[2]
local turns = redis.call('ZRANGE', 'ttv:turns:' .. pool, 0, most - 1, 'WITHSCORES')
for i = 1, #turns, 2 do
  if turns[i] ~= tenant then
    table.insert(rivals, {turns[i], pool, turns[i + 1], exact(allowance(turns[i]).weight),
      redis.call('ZCARD', 'ttv:line:' .. pool .. ':' .. turns[i]),
      redis.call('ZCARD', 'ttv:fresh:' .. pool .. ':' .. turns[i]), ''})
  end
end
return reply(turn, rivals)
