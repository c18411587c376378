-- Whoever has a score by a classifier that can be taken apart has reasons, each family once, what
-- raises before what lowers and the strongest first, with a sentence in both languages and no
-- placeholder left; and a reason has a score. The sign is what the direction says, and the size at
-- least what is asked for. Where nothing stands out, one row says so.
-- If it breaks: a family has no sentence for that direction in customer_snapshots.yml, or
-- int_churn__reasons lost a customer.
with reasons as (
    select
        *,
        lag(contribution) over (partition by person_id order by reason_rank) as earlier,
        count(*) over (partition by person_id, family) as family_count,
        count(*) over (partition by person_id) as reason_count
    from {{ ref('churn_reasons') }}
),

scored as (
    select
        person_id,
        -- As STAND_INS of src/stayhouse/churn/explain/contributions.py.
        max(case when classifier in ('boosted_trees', 'logistic_regression', 'recency') then 1 end)
            as has_stand_in
    from {{ ref('churn_scores') }}
    group by person_id
),

first_reasons as (
    select * from reasons
    where reason_rank = 1
)

select coalesce(s.person_id, r.person_id) as person_id
from scored as s
full outer join first_reasons as r
    on s.person_id = r.person_id
where s.person_id is null or (r.person_id is null and s.has_stand_in = 1)
union all
select person_id
from reasons
where
    (contribution > 0 and contribution > earlier)
    or (contribution < 0 and earlier < 0 and contribution < earlier)
    or family_count > 1
    or reason_rank > 3
    or (direction = 'raises') <> (contribution > 0)
    or abs(contribution) < {{ setting('churn_reason_min_log_odds') }} - 1e-9
    or (family is null and reason_count > 1)
    or (family is null) <> (direction is null)
    or (family is null) <> (contribution is null)
    or coalesce(trim(reason_en), '') = ''
    or coalesce(trim(reason_zh), '') = ''
    or position('{' in concat(reason_en, reason_zh)) > 0
