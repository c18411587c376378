-- Whose an e-mail address is (as a keyed hash): the customer who was known with it first. Another
-- customer with the same address takes nothing away; `identity_conflicts` lists that.
with int_customers__versions as (
    select * from {{ ref('int_customers__versions') }}
),

int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

-- A profile states its address, and so does an order that names its customer.
stated as (
    select
        source_name,
        email_hash,
        customer_id,
        known_at
    from int_customers__versions
    where email_hash is not null
    union all
    select
        source_name,
        email_hash,
        customer_id,
        known_at
    from int_orders__versions
    where email_hash is not null and customer_id is not null and not is_test
),

claims as (
    select
        source_name,
        email_hash,
        customer_id,
        min(known_at) as known_at
    from stated
    group by source_name, email_hash, customer_id
),

final as (
    select
        source_name,
        email_hash,
        customer_id,
        row_number() over (
            partition by source_name, email_hash
            order by known_at, customer_id
        ) as claim_number,
        known_at
    from claims
)

select * from final
