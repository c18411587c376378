-- Customers as they are now: the latest version of each, and those whom only events or orders name.
with int_customers__versions as (
    select * from {{ ref('int_customers__versions') }}
    where is_current
),

orders as (
    select * from {{ ref('orders') }}
),

identity_sightings as (
    select * from {{ ref('identity_sightings') }}
),

-- By profile or by order; of several the latest that came up.
addresses as (
    select
        source_name,
        customer_id,
        email_hash,
        row_number() over (
            partition by source_name, customer_id
            order by known_at desc, email_hash asc
        ) = 1 as is_latest
    from {{ ref('int_emails__owned') }}
),

known as (
    select
        source_name,
        customer_id
    from int_customers__versions
    union
    select
        source_name,
        customer_id
    from orders
    where customer_id is not null
    union
    select
        source_name,
        customer_id
    from identity_sightings
    where customer_id is not null
),

final as (
    select
        k.source_name,
        k.customer_id,
        {{ person_id('k.source_name', 'k.customer_id', 'cast(null as string)') }} as person_id,
        case
            when a.email_hash is not null
                then {{ email_person_id('k.source_name', 'a.email_hash') }}
        end as email_person_id,
        c.gender,
        c.income_band,
        c.city,
        c.country,
        c.time_zone,
        c.referred_by,
        c.birth_year,
        coalesce(c.has_marketing_consent, false) as has_marketing_consent,
        c.customer_id is not null as has_profile,
        {{ bucket(setting('holdout_salt'), 'k.customer_id') }} < {{ setting('holdout_buckets') }}
            as is_held_out,
        c.signed_up_at,
        c.updated_at
    from known as k
    left join int_customers__versions as c
        on k.source_name = c.source_name and k.customer_id = c.customer_id
    left join addresses as a
        on k.source_name = a.source_name and k.customer_id = a.customer_id and a.is_latest
)

select * from final
