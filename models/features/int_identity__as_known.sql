-- The identity map as it stood at each instant that features or labels are read at: intervals known
-- by then only, laid out anew. Each cut-off is read at itself and at its outcome.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

readings as (
    select cut_off_at as read_at from churn_cutoffs
    union
    select outcome_at as read_at from churn_cutoffs
),

known as (
    select
        r.read_at,
        i.source_name,
        i.visitor_id,
        i.customer_id,
        i.valid_from,
        i.first_seen_at,
        case when i.shared_from < r.read_at then i.shared_from end as shared_from,
        row_number() over (
            partition by r.read_at, i.source_name, i.visitor_id
            order by i.valid_from
        ) as interval_number
    from readings as r
    inner join identity_map as i
        on r.read_at > i.known_at
),

final as (
    select
        source_name,
        visitor_id,
        customer_id,
        read_at,
        case when interval_number = 1 then timestamp '0001-01-01 00:00:00' else first_seen_at end
            as valid_from,
        coalesce(
            lead(first_seen_at) over (
                partition by read_at, source_name, visitor_id
                order by interval_number
            ),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to,
        shared_from
    from known
)

select * from final
