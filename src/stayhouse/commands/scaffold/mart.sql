-- Every row of << start.name >> with all of its columns, to start from.
with << start.name >> as (
    select * from {{ ref('<< start.name >>') }}
),

final as (
    select
<% for column in start.columns %>
        << column.name >><< "," if not loop.last >>
<% endfor %>
    from << start.name >>
)

select * from final
