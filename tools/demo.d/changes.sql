-- After compare.sql: what `shelfctl rules diff` said would change before the rules went over is what
-- the two rules files say, number by number.
.bail on
pragma synchronous = off;
pragma journal_mode = off;
.mode csv
.import changes.csv rules_diff

-- Quantities are in the unit of measure there.
create table said_change as
select channel || '/' || store || '/' || sku as key, cast(round(before * 1000) as integer) as before,
       cast(round(after * 1000) as integer) as after
from rules_diff;
create unique index said_change_key on said_change(key);
create table change as
select a.key, b.sellable * b.step_milli as before, a.sellable * a.step_milli as after
from expected_key a join key_before b using (key)
where a.sellable <> b.sellable or a.status <> b.status;
create unique index change_key on change(key);

create table change_difference as
select coalesce(c.key, s.key) as key, c.before || ' > ' || c.after as expected,
       s.before || ' > ' || s.after as found
from change c full join said_change s using (key)
where c.key is null or s.key is null or c.before <> s.before or c.after <> s.after;
insert into difference
select 'rules diff: what would change = CSV files and both rules', * from change_difference;
-- No check passes because there was nothing to check.
insert into verdict
select 'rules diff: what would change = CSV files and both rules',
       (select count(*) from change) -
         (select count(*) from change_difference where expected is not null),
       (select count(*) from change_difference) + (select count(*) = 0 from change);
