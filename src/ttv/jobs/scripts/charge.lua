-- Write down what a purchase has cost. Money that was spent is a fact: this needs no claim, is
-- never refused, and counts once. A job that is not there any more is charged nothing.
local id, step, name, engine, cost, sample, message = unpack(ARGV)
if redis.call('EXISTS', job_key(id)) == 0 then return 'gone' end
local purchase = find_purchase(id, name)
if purchase and purchase.state == 'spent' then return 'charged' end

if purchase then
  unreserve(id, name, purchase)
else
  purchase = {step = step, engine = engine, day = today(clock())}
end
purchase.state, purchase.amount = 'spent', tonumber(cost)
add(id, purchase, 'spent', purchase.amount)
keep_purchase(id, name, purchase)
redis.call('HINCRBYFLOAT', 'ttv:totals', sample, string.format('%.6f', purchase.amount / 1000000))
record(id, 'charged', step, message)
return 'charged'
