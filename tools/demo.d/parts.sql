-- Cuts the history (all sales before those that arrive live) into `part_count` exports of equal time
-- (.parameter set :part_count N), as rows from and to: a receipt has one time, so none is cut in two.
select min(:part_count - 1, (time_s - first_s) * :part_count / (last_s - first_s + 1)) + 1 as part,
       min(row), max(row), count(distinct store || ' ' || basket)
from sale, clock where row <= last_row group by part order by part;
