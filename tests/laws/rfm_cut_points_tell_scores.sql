-- Each score of today lies between its cut points, and no value of another score does; each measure
-- of a month scores everybody with a net order then, once.
-- If it breaks: a value is compared with another month's cut points, or the wrong way round, in
-- models/segments/int_rfm__scored.sql; or a person falls out of a join in rfm_cut_points.sql.
with today as (
    select
        'recency' as measure,
        recency_score as score,
        count(*) as people_count,
        cast(min(recency_days) as decimal(38, 4)) as lowest_value,
        cast(max(recency_days) as decimal(38, 4)) as highest_value
    from {{ ref('rfm_segments') }}
    group by recency_score
    union all
    select
        'monetary' as measure,
        monetary_score as score,
        count(*) as people_count,
        min(net_sales) as lowest_value,
        max(net_sales) as highest_value
    from {{ ref('rfm_segments') }}
    group by monetary_score
),

told as (
    select * from {{ ref('rfm_cut_points') }}
    where measure <> 'frequency' and not is_month_complete
),

changed as (
    {{ differences(
        'today',
        'told',
        by=['measure', 'score'],
        of=['people_count', 'lowest_value', 'highest_value']
    ) }}
),

frequencies as (
    select
        p.measure,
        p.score
    from {{ ref('rfm_cut_points') }} as p
    left join {{ ref('rfm_segments') }} as s
        on
            p.score = s.frequency_score
            and p.lowest_value <= s.order_count
            and coalesce(p.highest_value, s.order_count) >= s.order_count
    where p.measure = 'frequency' and not p.is_month_complete
    group by p.measure, p.score, p.people_count
    having count(s.person_id) <> p.people_count
),

scored as (
    select
        month,
        measure,
        sum(people_count) as people_count
    from {{ ref('rfm_cut_points') }}
    group by month, measure
),

present as (
    select
        s.month,
        s.measure,
        s.people_count,
        count(h.person_id) as history_count
    from scored as s
    left join {{ ref('rfm_history') }} as h
        on
            s.month >= h.from_month
            and s.month <= coalesce(h.to_month, s.month)
            and h.segment <> 'prospect'
    group by s.month, s.measure, s.people_count
)

select
    measure,
    score
from changed
union all
select
    measure,
    score
from frequencies
union all
select
    measure,
    null as score
from present
where people_count <> history_count
