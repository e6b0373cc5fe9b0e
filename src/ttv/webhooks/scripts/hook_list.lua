-- Give the endpoints of a tenant, newest first.
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', 'ttv:hooks:of:' .. ARGV[1], 0, -1)) do
  found[#found + 1] = shown(id)
end
return found
