-- How many people each rule fits and what they bought in a year; a rule that fits nobody says 0.
with int_profile__rules as (
    select * from {{ ref('int_profile__rules') }}
),

int_profile__judged as (
    select * from {{ ref('int_profile__judged') }}
),

int_profile_facts as (
    select * from {{ ref('int_profile_facts') }}
),

rules as (
    select distinct rule_name from int_profile__rules
),

everybody as (
    select count(*) as people_count
    from int_profile_facts
),

counted as (
    select
        j.rule_name,
        count(case when j.is_met then 1 end) as people_count,
        count(case when not j.is_met then 1 end) as unknown_count,
        sum(case when j.is_met then f.net_sales_365d else 0 end) as net_sales_365d
    from int_profile__judged as j
    inner join int_profile_facts as f
        on j.person_id = f.person_id
    group by j.rule_name
),

final as (
    select
        r.rule_name,
        coalesce(c.people_count, 0) as people_count,
        coalesce(c.unknown_count, 0) as unknown_count,
        cast(coalesce(c.net_sales_365d, 0) as decimal(38, 4)) as net_sales_365d,
        cast(coalesce(c.people_count, 0) as double) / nullif(e.people_count, 0) as share
    from rules as r
    cross join everybody as e
    left join counted as c
        on r.rule_name = c.rule_name
)

select * from final
