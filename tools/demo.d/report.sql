-- One line a check, then at most five examples of what differs in each.
.mode list
.separator ""
select printf('  %9d agree %7d differ   %s', agree, differ, check_name) from verdict order by rowid;
select printf('    %s: %s expected %s, found %s', check_name, what, coalesce(expected, 'nothing'),
              coalesce(found, 'nothing'))
from (select *, row_number() over (partition by check_name order by rowid) as n from difference)
where n <= 5;
