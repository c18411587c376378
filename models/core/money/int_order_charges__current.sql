-- The current version of each accepted charge of an order. One with an id is versioned on its own:
-- the row that landed last counts, in the latest batch that has it. Those known by position come
-- and go together: of an order and kind, those of the latest batch that has any.
with landed as (
    {{ union_sources('order_charges') }}
),

accepted as (
    select * from landed
    where reason_code is null
),

-- Few orders have several charges of a kind, and nothing is to be chosen where there is one.
several as (
    select
        source_name,
        order_id,
        kind,
        max(batch_id) as latest_batch_id,
        max(case when is_by_position then batch_id end) as latest_by_position_batch_id
    from accepted
    group by source_name, order_id, kind
    having count(*) > 1
),

counting as (
    select
        a.source_name,
        a.order_id,
        a.charge_id,
        a.kind,
        a.amount,
        a.batch_id,
        a.landed_row,
        a.is_by_position,
        s.order_id is null as is_alone
    from accepted as a
    left join several as s
        on a.source_name = s.source_name and a.order_id = s.order_id and a.kind = s.kind
    where
        case
            when a.is_by_position then a.batch_id = coalesce(s.latest_batch_id, a.batch_id)
            else a.batch_id >= coalesce(s.latest_by_position_batch_id, a.batch_id)
        end
),

latest as (
    select * from counting
    where is_alone
    union all
    select * from counting
    where not is_alone
    qualify row_number() over (
        partition by source_name, order_id, kind, charge_id, is_by_position
        order by batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        source_name,
        order_id,
        charge_id,
        kind,
        amount,
        batch_id,
        landed_row,
        is_by_position,
        -- The charge's name in the ledger, beside its kind; the first one known by position needs
        -- none.
        case
            when not is_by_position then charge_id
            when charge_id <> '1' then concat('#', charge_id)
        end as charge_key
    from latest
)

select * from final
