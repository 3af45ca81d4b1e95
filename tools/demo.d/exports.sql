-- What the head office's systems would export beside the sales and the stock: stores and items
-- with the agent's own column names.
.bail on
.mode csv
.headers on
.once stores.csv
select store, region, in_group as groups, 'UTC' as timezone,
       trim(case when click_and_collect then 'click_and_collect:60' else '' end || '|' ||
            case when courier then 'courier:30' else '' end, '|') as services
from store order by store + 0;
.once items.csv
select sku, product_type as name,
       trim(replace(department || '|' || product_category || '|' || product_type, '||', '|'), '|')
         as category,
       case when fuel then 'GLL' else 'H87' end as unit_of_measure,
       case when fuel then 1 else 1000 end as step_milli
from item order by sku + 0;
.headers off
.once fuel.txt
select sku from item where fuel order by sku;
