-- Whose an order is: the customer whom it tells of, else the customer whom its visitor was known
-- as, else the buyer with its e-mail address, else whom its visitor bought as, else the visitor.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
    where is_current
),

int_orders__named as (
    select * from {{ ref('int_orders__named') }}
    where is_current
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

final as (
    select
        o.source_name,
        o.order_id,
        {{ known_customer_id('n.customer_id', 'o.ordered_at') }} as customer_id,
        {{ known_person_id(
            'o.source_name', 'n.customer_id', 'o.visitor_id', 'o.ordered_at', 'o.email_person_id'
        ) }} as person_id,
        n.customer_id as named_customer_id,
        o.customer_id is null as is_guest,
        o.ordered_at,
        n.known_at as named_known_at,
        coalesce(n.known_at, i.known_at) as customer_known_at
    from int_orders__versions as o
    left join int_orders__named as n
        on o.source_name = n.source_name and o.order_id = n.order_id
    left join identity_map as i
        on
            o.source_name = i.source_name
            and o.visitor_id = i.visitor_id
            and o.ordered_at >= i.valid_from
            and o.ordered_at < i.valid_to
)

select * from final
