-- Write down what follows from the states of a job's steps, as decided on one graph.
local id, graph, stage, finished = unpack(ARGV, 1, 4)
local tickets = {}
if redis.call('HGET', job_key(id), 'graph') ~= graph then return tickets end
proceed(id, clock(), stage, finished == '1', {unpack(ARGV, 5)}, tickets)
return tickets
