-- Which guides to show: those of the categories that a person viewed or bought last, that they have
-- not read for 90 days.
{%- set unread_days = 90 %}
{%- set list_length = 5 %}

with people as (
    select * from {{ ref('int_recommendations__people') }}
    where cutoff = 'now' and is_listed
),

interactions as (
    select * from {{ ref('int_recommendations__interactions') }}
    where cutoff = 'now'
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

seen as (
    select * from {{ ref('int_recommendations__seen') }}
),

buyers as (
    select * from {{ ref('int_recommendations__buyers') }}
),

content as (
    select * from {{ ref('content') }}
    where category is not null
),

clock as (
    select * from {{ ref('clock') }}
),

categories as (
    select
        n.person_number,
        i.source_name,
        i.category,
        max(n.last_at) as last_at,
        max(n.last_bought_at) as last_bought_at
    from interactions as n
    inner join people as p
        on n.person_number = p.person_number
    inner join items as i
        on n.item_number = i.item_number
    cross join clock as k
    where
        i.category is not null
        and n.last_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
    group by n.person_number, i.source_name, i.category
),

read_guides as (
    select distinct
        s.person_number,
        s.source_name,
        s.content_id
    from seen as s
    cross join clock as k
    where s.content_id is not null and s.occurred_at >= {{ add_days('k.as_of_at', -unread_days) }}
),

ranked as (
    select
        c.person_number,
        g.source_name,
        g.content_id,
        c.category,
        -- Whoever buys looks at the product too, a moment before or after.
        case
            when {{ add_days('c.last_bought_at', 1) }} > c.last_at then 'bought_category'
            else 'viewed_category'
        end as reason_code,
        row_number() over (
            partition by c.person_number
            order by c.last_at desc, g.source_name asc, g.category asc, g.content_id asc
        ) as list_rank
    from categories as c
    inner join content as g
        on c.source_name = g.source_name and c.category = g.category
    left join read_guides as r
        on
            c.person_number = r.person_number
            and g.source_name = r.source_name
            and g.content_id = r.content_id
    where r.content_id is null
),

final as (
    select
        b.person_id,
        r.source_name,
        r.content_id,
        r.reason_code,
        r.category as reason_category,
        cast(r.list_rank as bigint) as list_rank,
        b.may_be_contacted,
        cast(k.as_of_at as date) as as_of_date
    from ranked as r
    inner join buyers as b
        on r.person_number = b.person_number
    cross join clock as k
    where r.list_rank <= {{ list_length }}
)

select * from final
