-- The current version of each accepted order line. A numbered line is versioned on its own: of one
-- number the row that landed last counts, in the latest batch that has it. Lines known by position
-- come and go together: of an order, those of the latest batch that has lines of it.
with landed as (
    {{ union_sources('order_lines') }}
),

accepted as (
    select
        *,
        max(batch_id) over (partition by source_name, order_id) as latest_batch_id,
        max(case when is_by_position then batch_id end) over (
            partition by source_name, order_id
        ) as latest_by_position_batch_id
    from landed
    where reason_code is null
),

final as (
    select
        source_name,
        order_id,
        product_id,
        line_number,
        quantity,
        amount,
        discount,
        batch_id,
        landed_row,
        is_by_position
    from accepted
    where
        case
            when is_by_position then batch_id = latest_batch_id
            -- A batch without numbers has the whole order: it replaces numbered lines before it.
            else batch_id >= coalesce(latest_by_position_batch_id, batch_id)
        end
    qualify row_number() over (
        partition by source_name, order_id, line_number, is_by_position
        order by batch_id desc, landed_row desc
    ) = 1
)

select * from final
