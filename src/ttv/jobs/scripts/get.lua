-- Read a job and its steps as they were at one moment.
local id = ARGV[1]
return {redis.call('HGETALL', job_key(id)), redis.call('HGETALL', steps_key(id))}
