-- Give all keys, or those of a tenant, newest first.
local index = ARGV[1] == '' and 'ttv:keys' or 'ttv:keys:' .. ARGV[1]
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', index, 0, -1)) do
  found[#found + 1] = shown(id)
end
return found
