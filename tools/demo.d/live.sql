-- The last receipts of the file are kept back and arrive live, `receipts_a_second` of them
-- (.parameter set, as `live_receipts`): live.csv has them with new times, a second further each
-- second from `base_s` on. What lies before is history, and ends now.
.bail on
pragma synchronous = off;
pragma journal_mode = off;

create table live_receipt as
select row_number() over (order by min(row) desc) as back, min(row) as row_first, max(row) as row_last
from sale group by store, basket order by min(row) desc limit :live_receipts;

create table live as
select row_number() over (order by row) as row, store, basket, sku, kind, sale.row as file_row,
       (:live_receipts - back) / :receipts_a_second as second
from live_receipt join sale on sale.row between row_first and row_last;

create table live_clock as select strftime('%s', '2020-01-01') + 0 as base_s;

update clock set last_row = (select min(file_row) - 1 from live);
update clock set last_s = (select max(time_s) from sale where row <= last_row);
update clock set shift_s = strftime('%s', 'now') - last_s;

.mode csv
.headers on
.once live.csv
select s.store_id, s.basket_id, s.product_id, s.quantity,
       datetime(base_s + second, 'unixepoch') as transaction_timestamp
from live join sales_csv s on s.rowid = live.file_row, live_clock order by live.row;
.headers off
.mode list
.separator " "
-- Second, first and last row of live.csv, receipts.
.once live-seconds
select second, min(row), max(row), count(distinct store || ' ' || basket)
from live group by second order by second;
