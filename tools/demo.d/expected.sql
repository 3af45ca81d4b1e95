-- What every channel should offer of every position, by the tables of rules.sql or rules-next.sql.
-- Claims end now, so no sync_lag tier applies; nobody picks, so no presence rule does.
.bail on
pragma synchronous = off;
pragma journal_mode = off;

-- The most specific rule wins, each stage by itself: item before department before all, then
-- group before region before all. One plan for each kind of position.
create table kind as
select row_number() over () as kind, * from
  (select distinct department, case when sku in (select sku from rule) then sku end as sku from item),
  (select distinct in_group, region from store),
  channel;

create view applies as
select k.kind, r.*,
       (r.sku is not null) * 100 + (r.department is not null) * 50 +
       (r.in_group is not null) * 2 + (r.region is not null) as rank
from kind k join rule r on r.channel = k.channel
  and (r.sku is null or r.sku = k.sku) and (r.department is null or r.department = k.department)
  and (r.in_group is null or r.in_group = k.in_group) and (r.region is null or r.region = k.region);

create table safety_plan as
select kind, subtract_milli, percent, max(rank) from applies where safety = 'set' group by kind;
create unique index safety_plan_kind on safety_plan(kind);
create table limits_plan as
select kind, cutoff_milli, cap_milli, max(rank) from applies where limits = 'set' group by kind;
create unique index limits_plan_kind on limits_plan(kind);
create index kind_key on kind(department, in_group, region, channel, sku);

-- A store that does not offer the channel's method has no key there, an item that nobody has
-- described has none anywhere.
create table expected_key as
with served as (
  select k.channel, k.limited_at_milli, p.store, p.sku, max(0, p.on_hand_milli) as base, k.kind,
         case when i.fuel then 1 else 1000 end as step_milli
  from expected_position p
  join item i on i.sku = p.sku
  join store s on s.store = p.store
  join kind k on k.department = i.department and k.in_group = s.in_group and k.region = s.region
    and k.sku is (case when p.sku in (select sku from rule) then p.sku end)
  where k.method = '' or (k.method = 'click_and_collect' and s.click_and_collect)
     or (k.method = 'courier' and s.courier)
),
-- What is held back in percent is rounded up to a thousandth.
held as (
  select served.*,
         max(0, base - max(coalesce(subtract_milli, 0),
                           (base * coalesce(percent, 0) + 99) / 100)) as milli
  from served left join safety_plan using (kind)
),
limited as (
  select held.*,
         case when milli < coalesce(cutoff_milli, 0) then 0
              else min(milli, coalesce(cap_milli, milli)) end / step_milli as sellable
  from held left join limits_plan using (kind)
)
select channel || '/' || store || '/' || sku as key, channel, store, sku, base, step_milli, sellable,
       base - milli as safety_stock, milli - sellable * step_milli as limits,
       case when sellable = 0 then 'out_of_stock'
            when sellable * step_milli <= limited_at_milli then 'limited'
            else 'in_stock' end as status
from limited;
create unique index expected_key_key on expected_key(key);
