-- rules.yaml read by a person: the same rules once more, as tables. Change both together.
.bail on
pragma synchronous = off;
pragma journal_mode = off;

create table channel(channel text, method text, limited_at_milli integer);
insert into channel values
  ('own-site', 'click_and_collect', 2000), ('market', '', 0), ('express-app', 'courier', 3000);

-- null in a condition asks nothing; null in a stage leaves it to a wider rule.
create table rule(channel text, sku text, department text, in_group text, region text,
                  safety text, subtract_milli integer, percent integer,
                  limits text, cutoff_milli integer, cap_milli integer);
insert into rule values
  ('own-site', null, null, null, null,          'set', 1000, 0,   'set', 0, 50000),
  ('own-site', null, 'PRODUCE', null, null,     'set', 0, 25,     null, null, null),
  ('own-site', null, 'FUEL', null, null,        'set', 0, 20,     'set', 0, 100000),
  ('own-site', '1082185', null, null, null,     'set', 5000, 0,   null, null, null),
  ('market', null, null, null, null,            'set', 0, 15,     'set', 2000, 30000),
  ('market', null, null, 'pilot', null,         'set', 0, 10,     'set', 0, 20000),
  ('express-app', null, null, null, null,       'set', 0, 20,     null, null, null),
  ('express-app', null, 'PRODUCE', null, null,  'set', 0, 50,     'set', 0, 10000),
  ('express-app', null, null, null, 'north',    null, null, null, 'set', 0, 5000);
