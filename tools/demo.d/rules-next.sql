-- rules-next.yaml read by a person, as rules.sql is. What the rules before it offer stays as
-- key_before; expected.sql works it out anew.
.bail on
pragma synchronous = off;
pragma journal_mode = off;

create table key_before as select * from expected_key;
create unique index key_before_key on key_before(key);
drop table expected_key;
drop table safety_plan;
drop table limits_plan;
drop view applies;
drop table kind;

delete from channel;
insert into channel values
  ('own-site', 'click_and_collect', 3000), ('market', '', 0), ('express-app', 'courier', 3000);

delete from rule;
insert into rule values
  ('own-site', null, null, null, null,          'set', 1000, 0,   'set', 0, 50000),
  ('own-site', null, 'PRODUCE', null, null,     'set', 0, 15,     null, null, null),
  ('own-site', null, 'FUEL', null, null,        'set', 0, 20,     'set', 0, 100000),
  ('own-site', '1082185', null, null, null,     'set', 0, 50,     null, null, null),
  ('market', null, null, null, null,            'set', 0, 20,     'set', 0, 30000),
  ('market', null, null, 'pilot', null,         'set', 0, 10,     'set', 0, 20000),
  ('express-app', null, null, null, null,       'set', 0, 20,     null, null, null),
  ('express-app', null, 'PRODUCE', null, null,  'set', 0, 40,     'set', 0, 10000),
  ('express-app', null, null, null, 'north',    null, null, null, 'set', 0, 8000),
  ('express-app', null, null, null, 'east',     null, null, null, 'set', 0, 5000);
