-- Whose an order is: the customer it names, else whom its visitor was known as, else the visitor.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

final as (
    select
        o.source_name,
        o.order_id,
        {{ known_customer_id('o.customer_id', 'o.ordered_at') }} as customer_id,
        {{ known_person_id('o.source_name', 'o.customer_id', 'o.visitor_id', 'o.ordered_at') }}
            as person_id
    from int_orders__versions as o
    left join identity_map as i
        on
            o.source_name = i.source_name
            and o.visitor_id = i.visitor_id
            and o.ordered_at >= i.valid_from
            and o.ordered_at < i.valid_to
    where o.is_current
)

select * from final
