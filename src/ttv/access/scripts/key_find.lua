-- Give a key, and what time it is.
return {whole(clock()), shown(ARGV[1])}
