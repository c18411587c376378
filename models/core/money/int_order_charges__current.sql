-- The current version of each accepted charge of an order. One with an id is versioned on its own:
-- the row that landed last counts, in the latest batch that has it. Those known by position come
-- and go together: of an order and kind, those of the latest batch that has any.
with landed as (
    {{ union_sources('order_charges') }}
),

accepted as (
    select
        *,
        max(batch_id) over (partition by source_name, order_id, kind) as latest_batch_id,
        max(case when is_by_position then batch_id end) over (
            partition by source_name, order_id, kind
        ) as latest_by_position_batch_id
    from landed
    where reason_code is null
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
    from accepted
    where
        case
            when is_by_position then batch_id = latest_batch_id
            else batch_id >= coalesce(latest_by_position_batch_id, batch_id)
        end
    qualify row_number() over (
        partition by source_name, order_id, kind, charge_id, is_by_position
        order by batch_id desc, landed_row desc
    ) = 1
)

select * from final
