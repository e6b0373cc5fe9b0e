-- Accept a job: the record, its idempotency key, its place in the listings and its first
-- steps in the queue are stored together or not at all. One that was accepted before, and that
-- Redis has forgotten, is not refused; one that somebody has deleted meanwhile stays so.
local before, id, tenant, request, terms, total, key, fingerprint, keep, stage, count =
  unpack(ARGV, 1, 11)
local at = clock()
local tickets = {}

if key ~= '' then
  local held = redis.call('HMGET', 'ttv:idempotency:' .. key, 'job', 'fingerprint')
  if held[1] and held[2] ~= fingerprint then return {'mismatch'} end
  -- The same id: the caller's own first try, whose answer was lost on the way.
  if held[1] and held[1] ~= id then return {'replayed', held[1]} end
end
local known = redis.call('HGET', job_key(id), 'created_at')
if known then return {'created', known, tickets} end
if redis.call('ZSCORE', 'ttv:gone', id) then return {'deleted'} end
local deadline = cjson.decode(terms).deadline
if before ~= 'accepted' then
  if deadline and tonumber(deadline) <= at then return {'late'} end
  local refused = refusal(tenant)
  if refused then return {refused} end
end

redis.call('HSET', job_key(id), 'id', id, 'tenant', tenant, 'request', request,
  'state', 'queued', 'stage', stage, 'attempt', 1, 'revision', 0, 'graph', 1,
  'created_at', whole(at), 'total', total, 'done', 0, 'progress', 0, 'message', '',
  'warnings', '[]')
for name, value in pairs(cjson.decode(terms)) do redis.call('HSET', job_key(id), name, value) end
local last = 11 + 2 * count
for i = 12, last, 2 do
  redis.call('HSET', steps_key(id), ARGV[i], ARGV[i + 1], ARGV[i] .. ':state', 'waiting')
end
if deadline then redis.call('ZADD', 'ttv:deadlines', deadline, id) end
redis.call('ZADD', 'ttv:jobs:' .. tenant, 0, id)
redis.call('ZADD', 'ttv:jobs:' .. tenant .. ':queued', 0, id)
stand_up(id, at)
if key ~= '' then
  redis.call('HSET', 'ttv:idempotency:' .. key, 'job', id, 'fingerprint', fingerprint)
  redis.call('PEXPIRE', 'ttv:idempotency:' .. key, keep)
end
record(id, 'created')
proceed(id, at, stage, false, {unpack(ARGV, last + 1)}, tickets)
return {'created', whole(at), tickets}
