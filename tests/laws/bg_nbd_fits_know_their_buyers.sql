-- Every cut-off's buyers have one BG/NBD model, fitted on all of them and on nobody else, and by it
-- each of them has a probability.
-- If it breaks: compare int_bg_nbd__histories with the buyers of the snapshots at that cut-off; a
-- fit of Python that gives no parameters is src/stayhouse/purchasing/fits.py.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

bg_nbd_fits as (
    select * from {{ ref('bg_nbd_fits') }}
),

buyers as (
    select
        cut_off_at,
        count(*) as buyer_count,
        count(case when bg_nbd_no_order_probability between 0 and 1 then 1 end) as predicted_count
    from customer_snapshots
    group by cut_off_at
),

final as (
    select
        coalesce(b.cut_off_at, f.cut_off_at) as cut_off_at,
        b.buyer_count,
        b.predicted_count,
        f.customer_count
    from buyers as b
    full outer join bg_nbd_fits as f
        on b.cut_off_at = f.cut_off_at
    where
        b.buyer_count is distinct from f.customer_count
        or b.buyer_count is distinct from b.predicted_count
)

select * from final
