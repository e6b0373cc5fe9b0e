-- Change an endpoint. One that is enabled again, or moved, begins afresh.
local id, tenant = unpack(ARGV, 1, 2)
if not is_theirs(id, tenant) then return {} end
for i = 3, #ARGV, 2 do
  local name, value = ARGV[i], ARGV[i + 1]
  redis.call('HSET', hook_key(id), name, value)
  if name == 'url' or (name == 'enabled' and value == '1') then
    redis.call('HDEL', hook_key(id), 'failing_since')
  end
  if name == 'enabled' then redis.call('HDEL', hook_key(id), 'because') end
end
set_turn(id, clock())
return shown(id)
