-- The current version of each accepted order line. A numbered line is versioned on its own: of one
-- number the row that landed last counts, in the latest batch that has it. Lines known by position
-- come and go together: of an order, those of the latest batch that has lines of it.
with landed as (
    {{ union_sources('order_lines') }}
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
        max(batch_id) as latest_batch_id,
        max(case when is_by_position then batch_id end) as latest_by_position_batch_id
    from accepted
    group by source_name, order_id
    having min(batch_id) < max(batch_id)
),

final as (
    select
        a.source_name,
        a.order_id,
        a.product_id,
        a.line_number,
        a.quantity,
        a.amount,
        a.discount,
        a.batch_id,
        a.landed_row,
        a.is_by_position
    from accepted as a
    left join in_several_batches as b
        on a.source_name = b.source_name and a.order_id = b.order_id
    where
        case
            when a.is_by_position then a.batch_id = coalesce(b.latest_batch_id, a.batch_id)
            -- A batch without numbers has the whole order: it replaces numbered lines before it.
            else a.batch_id >= coalesce(b.latest_by_position_batch_id, a.batch_id)
        end
    qualify row_number() over (
        partition by a.source_name, a.order_id, a.line_number, a.is_by_position
        order by a.batch_id desc, a.landed_row desc
    ) = 1
)

select * from final
