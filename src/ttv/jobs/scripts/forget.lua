-- Note that the files of a deleted job are gone. Twice is once.
local id = ARGV[1]
redis.call('ZREM', 'ttv:deleted', id)
drop_deleted(id)
