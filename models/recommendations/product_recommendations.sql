-- The lists: what each person should see next, and what they may want again, with the reason.
with ml_product_recommendations as (
    select * from {{ ref('ml_product_recommendations') }}
    where not is_left_out
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

buyers as (
    select * from {{ ref('int_recommendations__buyers') }}
),

repeats as (
    select * from {{ ref('int_recommendations__repeats') }}
    where cutoff = 'now'
),

clock as (
    select * from {{ ref('clock') }}
),

final as (
    select
        b.person_id,
        r.list as list_kind,
        i.source_name,
        i.product_id,
        r.model as model_name,
        r.reason_code,
        j.source_name as reason_source_name,
        j.product_id as reason_product_id,
        cast(r.rank as bigint) as list_rank,
        case when r.list = 'buy_again' then cast(round(p.gap_days) as bigint) end as reason_days,
        r.score,
        b.may_be_contacted,
        cast({{ add_days('k.as_of_at', 7) }} as date) as valid_until,
        cast(k.as_of_at as date) as as_of_date
    from ml_product_recommendations as r
    inner join buyers as b
        on r.person_number = b.person_number
    inner join items as i
        on r.item_number = i.item_number
    left join items as j
        on r.reason_item_number = j.item_number
    left join repeats as p
        on r.person_number = p.person_number and r.item_number = p.item_number
    cross join clock as k
)

select * from final
