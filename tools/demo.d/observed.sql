-- What there is in the end: three snapshots by shelfctl, every record that kcat saw on the topic, what
-- the agent says that it did, and what the daemon rejected.
.bail on
pragma synchronous = off;
pragma journal_mode = off;
pragma temp_store = memory;
pragma cache_size = -400000;
.mode csv
.import positions.csv snapshot_position
.import channels.csv snapshot_key
.import explanations.csv snapshot_explanation
.mode ascii
.separator "\t" "\n"
create table topic(partition integer, offset integer, key text, value text);
.import topic.tsv topic
create table agent_count(name text, n integer);
.import agent-counts.tsv agent_count
create table reject(key text, offset integer);
.import rejects.tsv reject

-- The same numbers without the text, to sort by: row is the row in `topic`.
create table record as
select rowid as row, partition, offset, key, json_extract(value, '$.version') + 0 as version
from topic;
create index record_key on record(key, partition, offset, version);

-- Canonical JSON leaves a zero out. SQLite takes row from where the maximum is.
create table last_record as
select l.key, coalesce(json_extract(t.value, '$.sellable') + 0, 0) as sellable,
       lower(replace(json_extract(t.value, '$.status'), 'AVAILABILITY_STATUS_', '')) as status
from (select key, max(offset), row from record group by key) l join topic t on t.rowid = l.row;
create unique index last_record_key on last_record(key);

create unique index snapshot_position_key on snapshot_position(store, sku);
create table told as
select channel || '/' || store || '/' || sku as key, channel, sellable + 0 as sellable,
       lower(replace(status, 'AVAILABILITY_STATUS_', '')) as status, published + 0 as published
from snapshot_key;
create unique index told_key on told(key);

-- Every key's way through the stages; what they withhold together.
create table explained as
select channel || '/' || store || '/' || sku as key, channel, base_milli + 0 as base,
       eligibility + 0 as eligibility, safety_stock + 0 as safety_stock, limits + 0 as limits,
       sync_lag + presence + allocation + steady as others,
       eligibility + sync_lag + presence + safety_stock + allocation + limits + steady as withheld,
       sellable + 0 as sellable, sellable * step_milli as sold, status, ineligible,
       last_sellable + 0 as last_sellable, published + 0 as published
from snapshot_explanation;
create unique index explained_key on explained(key);
