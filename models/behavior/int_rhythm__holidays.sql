-- The holidays of the country that most customers live in; of a country without rows, those of `*`.
with holidays as (
    select * from {{ ref('holidays') }}
),

customers as (
    select * from {{ ref('customers') }}
),

homes as (
    select country
    from customers
    where country is not null
    group by country
    qualify row_number() over (order by count(*) desc, country) = 1
),

-- One row always: a shop whose customers say no country has a calendar too.
shop as (
    select coalesce(max(d.country), '*') as country
    from homes as h
    inner join holidays as d
        on h.country = d.country
),

final as (
    select
        min(d.name) as name,
        d.local_day
    from holidays as d
    inner join shop as s
        on d.country = s.country
    group by d.local_day
)

select * from final
