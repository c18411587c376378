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

-- Few orders stand in several batches, so what counts of them is not asked row by row.
in_several_batches as (
    select
        source_name,
        order_id,
        kind,
        max(batch_id) as latest_batch_id,
        max(case when is_by_position then batch_id end) as latest_by_position_batch_id
    from accepted
    group by source_name, order_id, kind
    having min(batch_id) < max(batch_id)
),

final as (
    select
        a.source_name,
        a.order_id,
        a.charge_id,
        a.kind,
        a.amount,
        a.batch_id,
        a.landed_row,
        a.is_by_position,
        -- The charge's name in the ledger, beside its kind; the first one known by position needs
        -- none.
        case
            when not a.is_by_position then a.charge_id
            when a.charge_id <> '1' then concat('#', a.charge_id)
        end as charge_key
    from accepted as a
    left join in_several_batches as b
        on a.source_name = b.source_name and a.order_id = b.order_id and a.kind = b.kind
    where
        case
            when a.is_by_position then a.batch_id = coalesce(b.latest_batch_id, a.batch_id)
            else a.batch_id >= coalesce(b.latest_by_position_batch_id, a.batch_id)
        end
    qualify row_number() over (
        partition by a.source_name, a.order_id, a.kind, a.charge_id, a.is_by_position
        order by a.batch_id desc, a.landed_row desc
    ) = 1
)

select * from final
