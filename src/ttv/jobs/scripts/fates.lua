-- Tell how jobs stand, in the order asked for: state, attempt, end and result of one that is
-- known; that one was deleted; nothing of one that is not known.
local fates = {}
for i, id in ipairs(ARGV) do
  local state, attempt, finished_at, result = unpack(redis.call('HMGET', job_key(id), 'state',
    'attempt', 'finished_at', 'result'))
  if state then
    fates[i] = {state, attempt, finished_at or '', result or ''}
  elseif redis.call('EXISTS', aside_key(id)) == 1 or redis.call('ZSCORE', 'ttv:gone', id) then
    fates[i] = {'deleted'}
  else
    fates[i] = {}
  end
end
return fates
