-- Give a key, and what time it is.
return {whole(clock()), redis.call('HGETALL', key_of(ARGV[1]))}
