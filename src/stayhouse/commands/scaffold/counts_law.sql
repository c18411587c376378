<% filter wrapped("-- ") %>
Every row of << start.name >> is counted once in << name >>. If it breaks: a filter or a join in
models/<< room >>/<< name >>.sql loses or multiplies rows; where that is meant, say here which rows
of << start.name >> it counts.
<% endfilter %>

with counted as (
    select cast(coalesce(sum(row_count), 0) as bigint) as row_count
    from {{ ref('<< name >>') }}
),

expected as (
    select count(*) as row_count from {{ ref('<< start.name >>') }}
)

select
    c.row_count,
    e.row_count as expected_count
from counted as c
cross join expected as e
where c.row_count <> e.row_count
