-- Note what a job will cost, as its plan says. Answers noted, canceled or lost.
local step_id, worker, token, amount = unpack(ARGV)
local reason = lost(step_id, worker, token)
if reason then return reason end
redis.call('HSET', job_key(parse(step_id)), 'estimate', amount)
return 'noted'
