-- Every buyer is in one cell of the matrix, with what they have brought. A shop that emptied seed
-- value_bands has no matrix.
-- If it breaks: bands of seed value_bands overlap or leave a gap that int_value_bands__checked.sql
-- does not see, or a person's days since the last order are below 0.
with matrix as (
    select
        count(*) as cell_count,
        sum(people_count) as people_count,
        sum(booked_net_sales) as net_sales
    from {{ ref('value_matrix') }}
),

buyers as (
    select
        count(*) as people_count,
        coalesce(sum(booked_net_sales), 0) as net_sales
    from {{ ref('customer_ltv') }}
)

select
    m.people_count as in_matrix,
    b.people_count as in_all
from matrix as m
cross join buyers as b
where m.cell_count > 0 and (m.people_count <> b.people_count or m.net_sales <> b.net_sales)
