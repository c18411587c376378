-- What became of each snapshot: churned = no order of the kind in [cut-off, cut-off + horizon).
-- A horizon that is not over yet is censored, never 0.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

int_outcomes__returned as (
    select * from {{ ref('int_outcomes__returned') }}
),

clock as (
    select * from {{ ref('clock') }}
),

final as (
    select
        s.person_id,
        s.split,
        s.horizon_days,
        case
            when c.outcome_at > clock.as_of_at then null
            when r.person_id is null then true
            else false
        end as has_churned,
        c.outcome_at > clock.as_of_at as is_censored,
        {{ add_days('c.outcome_at', return_window_days('s.source_name')) }} <= clock.as_of_at
            as is_settled,
        s.cut_off_date,
        s.cut_off_at,
        c.outcome_at
    from customer_snapshots as s
    inner join churn_cutoffs as c
        on s.cut_off_at = c.cut_off_at
    left join int_outcomes__returned as r
        on
            c.cut_off_at = r.cut_off_at
            and c.outcome_at = r.outcome_at
            and s.person_id = r.person_id
    cross join clock
)

select * from final
