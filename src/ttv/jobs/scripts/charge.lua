-- Write down what a purchase has cost. Money that was spent is a fact: this needs no claim, is
-- never refused, and counts once. A job of which nothing is left is charged nothing.
local id, step, name, engine, cost, sample, message = unpack(ARGV)
if redis.call('EXISTS', record_key(id)) == 0 then return 'gone' end
local purchase = find_purchase(id, name) or new_purchase(id, step, engine)
if purchase.state == 'spent' then return 'charged' end

spend(id, name, purchase, tonumber(cost))
redis.call('HINCRBYFLOAT', 'ttv:totals', sample, string.format('%.6f', purchase.amount / 1000000))
tell_purchase(id, 'charged', step, message)
return 'charged'
