-- Note that a key is in use.
if redis.call('EXISTS', key_of(ARGV[1])) == 1 then
  redis.call('HSET', key_of(ARGV[1]), 'last_used', whole(clock()))
end
