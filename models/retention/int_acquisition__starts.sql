-- Who became a customer, and when: the first order over full history that is net at the clock, as
-- cohorts count it.
with orders as (
    select * from {{ ref('orders') }}
    where is_net_at_clock and person_id is not null
),

final as (
    select
        source_name,
        person_id,
        min(ordered_at) as started_at
    from orders
    group by source_name, person_id
)

select * from final
