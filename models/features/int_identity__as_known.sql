-- The identity map as it stood at each instant that features or labels are read at, laid out anew
-- from the sightings known by then. Each cut-off is read at itself and at its outcomes.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

int_outcomes__windows as (
    select * from {{ ref('int_outcomes__windows') }}
),

identity_sightings as (
    select * from {{ ref('identity_sightings') }}
),

readings as (
    select cut_off_at as read_at from churn_cutoffs
    union
    select outcome_at as read_at from int_outcomes__windows
),

known as (
    select
        r.read_at,
        i.source_name,
        i.visitor_id,
        i.customer_id,
        i.person_id,
        i.seen_at,
        i.known_at
    from readings as r
    inner join identity_sightings as i
        on r.read_at > i.known_at
    -- A customer known by then takes precedence over a buyer known by e-mail.
    qualify
        i.customer_id is not null
        or max(i.customer_id) over (partition by r.read_at, i.source_name, i.visitor_id) is null
),

first_sightings as (
    select
        read_at,
        source_name,
        visitor_id,
        customer_id,
        person_id,
        min(seen_at) as first_seen_at
    from known
    group by read_at, source_name, visitor_id, customer_id, person_id
),

shared as (
    select
        read_at,
        source_name,
        visitor_id,
        first_seen_at as shared_from
    from first_sightings
    qualify row_number() over (
        partition by read_at, source_name, visitor_id
        order by first_seen_at, customer_id, person_id
    ) = {{ setting('shared_device_max_customers') }} + 1
),

-- Adjacent intervals of one person are not joined: every instant falls into exactly one of them
-- either way.
laid_out as (
    select
        *,
        case
            when
                row_number() over (
                    partition by read_at, source_name, visitor_id
                    order by seen_at, known_at, customer_id, person_id
                ) > 1
                then seen_at
            else timestamp '0001-01-01 00:00:00'
        end as valid_from,
        coalesce(
            lead(seen_at) over (
                partition by read_at, source_name, visitor_id
                order by seen_at, known_at, customer_id, person_id
            ),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from known
),

final as (
    select
        l.source_name,
        l.visitor_id,
        l.customer_id,
        l.person_id,
        l.read_at,
        l.valid_from,
        l.valid_to,
        s.shared_from
    from laid_out as l
    left join shared as s
        on
            l.read_at = s.read_at
            and l.source_name = s.source_name
            and l.visitor_id = s.visitor_id
    where l.valid_from < l.valid_to
)

select * from final
