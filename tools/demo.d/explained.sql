-- Keys worth explaining: channel, store, SKU, and a sentence.
.mode list
.separator " "
select channel, store, sku, 'This one has just moved: larger vans in the north, where the cap was 5.'
from expected_key join store using (store)
where channel = 'express-app' and region = 'north' and sellable = 8 and step_milli = 1000
order by base desc limit 1;
select channel, store, sku, 'In this pilot store a tenth is held back, and no part of a piece is sold:'
from expected_key join store using (store)
where channel = 'market' and in_group = 'pilot' and step_milli = 1000 and base < 20000
  and base / 10 % 1000 <> 0
order by base desc limit 1;
