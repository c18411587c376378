-- Whose an order is: the customer it names, else whom its visitor was known as, else the visitor.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

resolved as (
    select
        o.source_name,
        o.order_id,
        o.visitor_id,
        case
            when o.customer_id is not null then o.customer_id
            when i.shared_from is null or o.ordered_at < i.shared_from then i.customer_id
        end as customer_id,
        coalesce(o.ordered_at >= i.shared_from, false) as is_shared_device
    from int_orders__versions as o
    left join identity_map as i
        on
            o.source_name = i.source_name
            and o.visitor_id = i.visitor_id
            and o.ordered_at >= i.valid_from
            and o.ordered_at < i.valid_to
    where o.is_current
),

final as (
    select
        source_name,
        order_id,
        customer_id,
        case
            when customer_id is null and is_shared_device then null
            else {{ person_id('source_name', 'customer_id', 'visitor_id') }}
        end as person_id
    from resolved
)

select * from final
