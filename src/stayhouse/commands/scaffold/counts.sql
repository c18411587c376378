<% filter wrapped("-- ") %>How many rows of << start.name >> there are by << by | listed >>, to start from.<% endfilter %>

with << start.name >> as (
    select * from {{ ref('<< start.name >>') }}
),

final as (
    select
<% for column in by %>
        << column.name >>,
<% endfor %>
        count(*) as row_count
    from << start.name >>
    group by << by | map(attribute="name") | join(", ") >>
)

select * from final
