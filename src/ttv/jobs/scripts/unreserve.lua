-- Give back what was set aside for a purchase that cost nothing. Twice is once.
local id, name = unpack(ARGV)
if redis.call('EXISTS', record_key(id)) == 0 then return 'gone' end
local purchase = find_purchase(id, name)
if unreserve(id, name, purchase) then tell_purchase(id, 'refunded', purchase.step) end
return 'released'
