-- Keys worth explaining: channel, store, SKU.
.mode list
.separator " "
select channel, store, sku from expected_key join store using (store)
where channel = 'express-app' and region = 'north' and sellable = 5 and step_milli = 1000
order by base desc limit 1;
select channel, store, sku from expected_key join store using (store)
where channel = 'market' and in_group = 'pilot' and step_milli = 1000 and base < 20000
order by base desc limit 1;
