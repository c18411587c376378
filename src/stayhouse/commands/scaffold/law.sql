<% filter wrapped("-- ") %>
Every row of << start.name >> is a row of << name >>, and the other way round. If it breaks: a
filter or a join in models/<< room >>/<< name >>.sql loses or multiplies rows; where that is
meant, say here which rows of << start.name >> it has.
<% endfilter %>

<# sqlfluff wants a list of one on the line of its word. #>
<% set gap = " " if start.key | length == 1 else "\n    " %>
select<% for key in start.key %><< gap >>coalesce(n.<< key >>, s.<< key >>) as << key >><< "," if not loop.last >><% endfor %>

from {{ ref('<< name >>') }} as n
full outer join {{ ref('<< start.name >>') }} as s
    on<% for key in start.key %><< gap if loop.first >><< "    " if loop.first and not loop.last >><< "\n        and " if not loop.first >>n.<< key >> = s.<< key >><% endfor %>

where n.<< start.key[0] >> is null or s.<< start.key[0] >> is null
