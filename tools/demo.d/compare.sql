-- Compares by other means. Each check gives a row to `verdict`, what differs goes to `difference`.
.bail on
pragma synchronous = off;
pragma journal_mode = off;
pragma temp_store = memory;
pragma cache_size = -400000;
create table difference(check_name text, what text, expected text, found text);
create table verdict(check_name text, agree integer, differ integer);

-- 1. On-hand of every position: the CSV files against shelfctl.
insert into difference
select 'on-hand of positions: CSV files = shelfctl',
       coalesce(e.store || '/' || e.sku, s.store || '/' || s.sku), e.on_hand_milli, s.on_hand_milli
from expected_position e
full join snapshot_position s on s.store = e.store and s.sku = e.sku
where e.on_hand_milli is not s.on_hand_milli + 0 or s.sku is null;
insert into verdict
select 'on-hand of positions: CSV files = shelfctl', count(*), 0 from expected_position;

-- 2. The last record of every key against what shelfctl says is offered. A key that was never
-- published has no record.
insert into difference
select 'last records of ' || coalesce(t.channel, substr(r.key, 1, instr(r.key, '/') - 1)) ||
         ': topic = shelfctl',
       coalesce(t.key, r.key), t.sellable || ' ' || t.status, r.sellable || ' ' || r.status
from (select * from told where published) t
full join last_record r on r.key = t.key
where t.key is null or r.key is null or t.sellable <> r.sellable or t.status is not r.status;
insert into verdict
select 'last records of ' || channel || ': topic = shelfctl', count(*), 0 from told where published
group by channel;

-- 3. The last record of every key against the rules, worked out from the CSV files.
insert into difference
select 'last records of ' || coalesce(e.channel, substr(r.key, 1, instr(r.key, '/') - 1)) ||
         ': topic = CSV files and rules',
       coalesce(e.key, r.key), e.sellable || ' ' || e.status, r.sellable || ' ' || r.status
from expected_key e
full join last_record r on r.key = e.key
where e.key is null or r.key is null or e.sellable <> r.sellable or e.status is not r.status;
insert into verdict
select 'last records of ' || channel || ': topic = CSV files and rules', count(*), 0
from expected_key group by channel;

-- 4. Versions of a key only rise, and a key keeps to its partition.
create table step as
select key, partition, offset, version,
       lag(version) over of_key as version_before, lag(partition) over of_key as partition_before
from record window of_key as (partition by key order by partition, offset);
insert into difference
select 'versions of keys only rise', key, '> ' || version_before, version || ' at ' || offset
from step where version <= version_before or version is null or partition <> partition_before;
insert into verdict select 'versions of keys only rise', count(distinct key), 0 from record;

-- 5. The one who followed the topic missed nothing: offsets have no hole.
insert into difference
select 'partitions followed without a hole', partition, 'records ' || (max(offset) + 1),
       count(*) || ' records'
from record group by partition having count(*) <> max(offset) + 1;
insert into verdict
select 'partitions followed without a hole', count(distinct partition), 0 from record;

-- 6. Where the stages are told, they add up in every record: base - withheld = sellable. The base
-- is that of its time: a change that does not change what may be sold is not published.
create table trace as
select t.key, t.offset, coalesce(json_extract(t.value, '$.trace.baseMilli') + 0, 0) as base,
       coalesce((select sum(json_extract(w.value, '$.quantityMilli') + 0)
                 from json_each(t.value, '$.trace.withheld') w), 0) as withheld,
       coalesce(json_extract(t.value, '$.sellable') + 0, 0) *
         json_extract(t.value, '$.stepMilli') as sold,
       json_type(t.value, '$.trace') is null as missing
from topic t where t.key like 'market/%';
insert into difference
select 'traces add up', key || ' at ' || offset, base || ' - ' || withheld, sold
from trace where missing or base - withheld is not sold;
insert into verdict select 'traces add up', count(*), 0 from trace;

-- 7. Every key explained, decided again from the checkpoint: the stages add up to what stands last on
-- the topic, and each withholds what the rules say. Who never had a record may not sell, and says why.
insert into difference
select 'explanations of ' || coalesce(x.channel, substr(r.key, 1, instr(r.key, '/') - 1)) ||
         ': stages add up to the topic',
       coalesce(x.key, r.key), r.sellable || ' ' || r.status,
       x.base || ' - ' || x.withheld || ' = ' || x.sold || ', ' || x.sellable || ' ' || x.status || x.ineligible
from explained x
full join last_record r on r.key = x.key
where x.key is null or x.base - x.withheld <> x.sold
   or (r.key is null and (x.published or x.ineligible = ''))
   or (r.key is not null and (x.sellable <> r.sellable or x.status <> r.status
                              or x.sellable <> x.last_sellable or not x.published));
insert into verdict
select 'explanations of ' || channel || ': stages add up to the topic', count(*), 0 from explained
group by channel;
insert into difference
select 'explanations: each stage as the rules say', e.key,
       e.base || ' - ' || e.safety_stock || ' - ' || e.limits,
       x.base || ' - ' || x.safety_stock || ' - ' || x.limits || ' - ' || (x.others + x.eligibility)
from expected_key e
left join explained x on x.key = e.key
where x.key is null or x.base <> e.base or x.safety_stock <> e.safety_stock or x.limits <> e.limits
   or x.others <> 0 or x.eligibility <> 0;
insert into verdict
select 'explanations: each stage as the rules say', count(*), 0 from expected_key;

-- 8. What the agent says of the rows is what the files say, and the daemon refused nothing.
create table row_count as
select 'rows read' as name, count(*) as n from sale
union all select 'zero quantity, skipped', count(*) from sale where kind = 'zero'
union all select 'rejected rows', count(*) from sale where kind = 'unreadable'
union all select 'lines sent', count(*) from sale where kind not in ('zero', 'unreadable')
union all select 'lines in thousandths', count(*) from sale join item using (sku)
  where fuel and kind not in ('zero', 'unreadable');
insert into difference
select 'the agent counted the rows as the files do', e.name, e.n, a.n
from row_count e left join agent_count a using (name) where e.n is not a.n;
insert into verdict
select 'the agent counted the rows as the files do', count(*), 0 from row_count;
insert into difference
select 'events that the daemon rejected: none', key, null, 'reject ' || offset from reject;
insert into verdict values ('events that the daemon rejected: none', 1, 0);

-- Whatever differs does not agree; keys that only one side has were never counted as agreeing.
update verdict set differ = (select count(*) from difference d where d.check_name = verdict.check_name);
insert into verdict
select check_name, 0, count(*) from difference
where check_name not in (select check_name from verdict) group by check_name;
update verdict set agree = agree - (
  select count(*) from difference d
  where d.check_name = verdict.check_name and d.expected is not null);

-- No check may pass because there was nothing to check.
insert into verdict
select 'nothing to check in: ' || check_name, 0, 1 from verdict where agree + differ = 0;
insert into verdict select 'at least three channels were seen', min(n, 3), max(0, 3 - n)
from (select count(distinct substr(key, 1, instr(key, '/') - 1)) as n from record);
