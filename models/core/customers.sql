-- Customers as they are now: the latest version of each, and those whom only events or orders name.
with landed as (
    {{ union_sources('customers') }}
),

orders as (
    select * from {{ ref('orders') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, customer_id
        order by updated_at desc nulls last, batch_id desc, landed_row desc
    ) = 1
),

known as (
    select
        source_name,
        customer_id
    from current_versions
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
    from identity_map
),

final as (
    select
        k.source_name,
        k.customer_id,
        {{ person_id('k.source_name', 'k.customer_id', 'cast(null as varchar)') }} as person_id,
        c.gender,
        c.income_band,
        c.city,
        c.country,
        c.time_zone,
        c.referred_by,
        c.birth_year,
        coalesce(c.marketing_consent, false) as has_marketing_consent,
        c.customer_id is not null as has_profile,
        c.signed_up_at,
        c.updated_at
    from known as k
    left join current_versions as c
        on k.source_name = c.source_name and k.customer_id = c.customer_id
)

select * from final
