-- Every snapshot has a sequence, and the other way round: its latest day is the latest visit or
-- purchase that the snapshot counts, and what fits into it says as much of the last 30 days. It
-- holds nothing that became known at its cut-off or after it.
-- If it breaks: customer_sequences and customer_snapshots count other days or other instants of
-- knowing: compare the person in int_visits__as_known and int_orders__as_known.
with sequences as (
    select
        person_id,
        cut_off_at,
        count(*) as day_count,
        min(days_before) as recency_days,
        max(case when place = 1 then days_before end) as first_place_days,
        count(case when is_visit and days_before <= 30 then 1 end) as visit_days_30d,
        count(case when is_purchase and days_before <= 30 then 1 end) as purchase_count_30d,
        sum(case when days_before <= 30 then cart_add_count else 0 end) as cart_adds_30d,
        max(last_available_at) as last_available_at
    from {{ ref('customer_sequences') }}
    group by person_id, cut_off_at
)

select
    coalesce(q.person_id, s.person_id) as person_id,
    coalesce(q.cut_off_at, s.cut_off_at) as cut_off_at
from sequences as q
full outer join {{ ref('customer_snapshots') }} as s
    on q.person_id = s.person_id and q.cut_off_at = s.cut_off_at
where
    q.person_id is null
    or s.person_id is null
    or q.day_count > 64
    or q.recency_days <> q.first_place_days
    or q.recency_days <> least(s.recency_days, coalesce(s.visit_recency_days, s.recency_days))
    or q.visit_days_30d <> s.visit_days_30d
    or q.purchase_count_30d <> s.purchase_count_30d
    or q.cart_adds_30d <> s.cart_adds_30d
    or q.last_available_at >= q.cut_off_at
