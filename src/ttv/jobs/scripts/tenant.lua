-- Set what an operator allows a tenant, all of it; with nothing, the tenant is as any other.
local tenant = ARGV[1]
redis.call('DEL', 'ttv:tenant:' .. tenant)
if #ARGV > 1 then
  redis.call('HSET', 'ttv:tenant:' .. tenant, unpack(ARGV, 2))
  redis.call('SADD', 'ttv:tenants', tenant)
else
  redis.call('SREM', 'ttv:tenants', tenant)
end
readmit(tenant)
