-- What happens to jobs, told to the webhooks of their tenant with the change itself, so that no
-- crash comes between. The scripts of the webhooks take it from the list, and describe both keys.

-- Tell that a job has come to a state, or that no more steps of it start ('paused').
function tell(id, word, at)
  local tenant, stage, attempt, revision, request, failed, held = unpack(redis.call('HMGET',
    job_key(id), 'tenant', 'stage', 'attempt', 'revision', 'request_id', 'error', 'hold'))
  if redis.call('EXISTS', 'ttv:hooks:of:' .. tenant) == 0 then return end
  local data = {id = id, status = word, stage = stage, attempt = tonumber(attempt)}
  if request then data.request_id = request end
  -- The same change, made again after Redis forgot it, is the same message.
  local message = 'msg_' .. string.sub(id, 5) .. '_' .. attempt .. '_' .. word
  if word == 'failed' then
    data.error = cjson.decode(failed)
  elseif word == 'paused' then
    data.status, data.stage = redis.call('HGET', job_key(id), 'state'), word
    data.error = cjson.decode(held)
    message = message .. '_' .. revision
  end
  redis.call('RPUSH', 'ttv:hooks:told', cjson.encode({tenant = tenant, message = message,
    type = 'job.' .. word, at = at, data = data}))
end
