-- What the files mean. Everything here is worked out from the CSV files alone.
-- Quantities are thousandths of the item's unit, as everywhere in shelfd.
.bail on
pragma synchronous = off;
pragma journal_mode = off;

-- One row of settings: the file's last second becomes now. live.sql moves the end forward.
create table clock as
select strftime('%s', 'now') - strftime('%s', max(transaction_timestamp)) as shift_s,
       strftime('%s', max(transaction_timestamp)) + 0 as last_s,
       strftime('%s', min(transaction_timestamp)) + 0 as first_s,
       max(rowid) as last_row
from sales_csv;

-- Fuel is sold in thousandths of a US gallon (UN/ECE Rec 20 code GLL); all else in pieces (H87).
create table item as
select product_id as sku, department, product_category, product_type,
       product_type like 'GASOLINE%' as fuel
from products_csv;
create unique index item_sku on item(sku);

-- The data set says nothing about its stores. Modelled, by the number: region = n mod 4, every
-- tenth is a pilot, all but every seventh hand orders over, every third has a courier.
create table store as
select store_id as store,
       case store_id % 4 when 0 then 'north' when 1 then 'east' when 2 then 'south' else 'west' end
         as region,
       case when store_id % 10 = 0 then 'pilot' else '' end as in_group,
       store_id % 7 <> 0 as click_and_collect,
       store_id % 3 = 0 as courier
from (select store_id from sales_csv union select store_id from opening_csv);
create unique index store_store on store(store);

-- Each row of sales gets one treatment; the counts below are printed.
create table sale as
select s.rowid as row, s.store_id as store, s.basket_id as basket, s.product_id as sku,
       strftime('%s', s.transaction_timestamp) + 0 as time_s,
       s.quantity * case when i.fuel then 1 else 1000 end as sold_milli,
       case
         when s.quantity = '' or s.quantity glob '*[^0-9-]*' then 'unreadable'
         when s.quantity + 0 = 0 then 'zero'
         when s.quantity + 0 < 0 then 'negative'
         when i.sku is null then 'unknown item'
         when i.fuel then 'fuel'
         else 'pieces'
       end as kind
from sales_csv s left join item i on i.sku = s.product_id;

create table treatment(kind text, treatment text);
insert into treatment values
  ('pieces', 'sold by the piece: deducted'),
  ('fuel', 'fuel, in thousandths of a gallon: deducted as thousandths'),
  ('zero', 'quantity 0, coupons: no goods moved, skipped by the agent'),
  ('unknown item', 'product not in products.csv: deducted, offered nowhere'),
  ('negative', 'quantity below 0: goods came back, added'),
  ('unreadable', 'quantity that is no whole number: the agent puts it into rejected.csv');

-- On-hand of every position, by other means than our own.
create table expected_position as
select store, sku, sum(milli) as on_hand_milli
from (
  select o.store_id as store, o.product_id as sku,
         o.on_hand * case when i.fuel then 1 else 1000 end as milli
  from opening_csv o left join item i on i.sku = o.product_id
  union all
  select store, sku, -sold_milli from sale where kind not in ('zero', 'unreadable')
)
group by store, sku;
create unique index expected_position_key on expected_position(store, sku);
