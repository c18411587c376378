-- What each cut-off expects of each buyer: order days of who is still a customer, which are told
-- once for all with as many order days and as old, times the chance that they are; and what an
-- order day brings, by their own and the shop's. Nothing where no model was fitted.
with int_value__people as (
    select * from {{ ref('int_value__people') }}
),

cut_offs as (
    select
        cut_off_number,
        bool_and(split = 'month') as is_month_only,
        max(cut_off_at) as cut_off_at
    from {{ ref('int_value__cutoffs') }}
    group by cut_off_number
),

ml_value_fits as (
    select * from {{ ref('ml_value_fits') }}
),

ml_value_outlook as (
    select * from {{ ref('ml_value_outlook') }}
),

-- The last digits of a logarithm are a machine's own. (Rounding to a number of digits costs as much
-- as the join.)
final as (
    select
        p.cut_off_number,
        p.person_number,
        p.repeat_count,
        p.age_days,
        p.repeat_net_sales,
        p.net_sales_365d,
        p.is_fitted,
        p.has_net_order,
        p.first_order_on,
        p.last_order_on,
        round({{ bg_nbd_p_alive('f', 'p') }} * 1e9) / 1e9 as p_alive,
        round({{ bg_nbd_p_alive('f', 'p') }} * o.p_order_90d * 1e9) / 1e9 as p_order_90d,
        -- Who stays goes on at the rate that so many days in so long a time tell of.
        (f.r + p.repeat_count) / (f.alpha + cast(p.age_days as double) / 7)
        * (cast(365 as double) / 7) as staying_orders_365d,
        {{ value_of_order_day('f', 'p') }} as order_day_value
        {%- for days in value_horizons() %}
        {%- for orders in ['expected_orders', 'discounted_orders'] %},
        round({{ bg_nbd_p_alive('f', 'p') }} * o.{{ orders }}_{{ days }}d * 1e9) / 1e9
            as {{ orders }}_{{ days }}d
        {%- endfor %},
        o.low_spend_{{ days }}d,
        o.high_spend_{{ days }}d
        {%- endfor %},
        not f.is_converged or f.fallback_reason <> '' as is_fallback
    from int_value__people as p
    inner join cut_offs as c
        on p.cut_off_number = c.cut_off_number
    left join ml_value_fits as f
        on c.cut_off_at = f.cut_off_at
    left join ml_value_outlook as o
        on
            c.cut_off_at = o.cut_off_at
            and p.repeat_count = o.repeat_count
            and p.age_days = o.age_days
            and case when c.is_month_only then 0 else p.last_repeat_days end = o.last_repeat_days
)

select * from final
