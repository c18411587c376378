-- What was known of each buyer at each cut-off: the same SQL for training and for today. Counts of
-- orders are net as of the cut-off; ratios are null where there is nothing to divide by.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
),

int_orders__measured as (
    select * from {{ ref('int_orders__measured') }}
),

int_visits__measured as (
    select * from {{ ref('int_visits__measured') }}
),

int_first_visits__as_known as (
    select * from {{ ref('int_first_visits__as_known') }}
),

int_reviews__measured as (
    select * from {{ ref('int_reviews__measured') }}
),

int_contacts__measured as (
    select * from {{ ref('int_contacts__measured') }}
),

bg_nbd_fits as (
    select * from {{ ref('bg_nbd_fits') }}
),

-- A category says something by how its earlier first buyers went on, beside all of the cut-off.
first_categories as (
    select
        o.cut_off_at,
        o.first_category,
        {{ repeat_lift('p.purchase_count', 'o.cut_off_at') }} as repeat_lift
    from int_orders__measured as o
    inner join int_purchases__measured as p
        on o.cut_off_at = p.cut_off_at and o.person_id = p.person_id
    where o.first_category is not null
    group by o.cut_off_at, o.first_category
),

-- So does a channel.
channels as (
    select
        a.cut_off_at,
        a.channel,
        {{ repeat_lift('p.purchase_count', 'a.cut_off_at') }} as repeat_lift
    from int_first_visits__as_known as a
    inner join int_purchases__measured as p
        on a.cut_off_at = p.cut_off_at and a.person_id = p.person_id
    group by a.cut_off_at, a.channel
),

-- The place of the cut-off in the year, once a whole one lies behind the shop: before, it would
-- tell the months that are known from those that are not, and a line drawn through the ones would
-- be followed into the others.
seasons as (
    select
        cut_off_at,
        case
            when max(tenure_days) >= 365
                then
                    2 * pi() * {{ days_between("date '2000-01-01'", local_day('cut_off_at')) }}
                    / 365.25
        end as year_angle
    from int_purchases__measured
    group by cut_off_at
),

final as (
    select
        p.person_id,
        p.source_name,
        c.split,
        c.horizon_days,
        p.recency_days,
        p.tenure_days,
        p.purchase_count,
        p.purchase_count_30d,
        p.purchase_count_60d,
        p.purchase_count_90d,
        p.purchase_count_180d,
        p.purchase_count_365d,
        2 * p.purchase_count_90d - p.purchase_count_180d as purchase_count_90d_change,
        p.purchase_count_last_year,
        cast(o.refund_count as bigint) as refund_count,
        p.max_gap_days,
        p.last_gap_days,
        o.late_order_count,
        o.category_count,
        o.product_count,
        coalesce(r.review_count, 0) as review_count,
        r.lowest_rating,
        r.last_rating,
        coalesce(v.visit_days_7d, 0) as visit_days_7d,
        coalesce(v.visit_days_30d, 0) as visit_days_30d,
        coalesce(v.visit_days_90d, 0) as visit_days_90d,
        coalesce(v.visit_days_180d, 0) as visit_days_180d,
        coalesce(v.visit_days_since_first, 0) as visit_days_since_first,
        coalesce(v.visit_days_since_last, 0) as visit_days_since_last,
        coalesce(v.visit_days_since_last_14d, 0) as visit_days_since_last_14d,
        coalesce(v.visit_days_before_first, 0) as visit_days_before_first,
        cast(coalesce(v.cart_adds_7d, 0) as bigint) as cart_adds_7d,
        cast(coalesce(v.cart_adds_30d, 0) as bigint) as cart_adds_30d,
        cast(coalesce(v.cart_adds_90d, 0) as bigint) as cart_adds_90d,
        cast(coalesce(v.support_messages_90d, 0) as bigint) as support_messages_90d,
        coalesce(k.contacts_30d, 0) as contacts_30d,
        coalesce(k.contacts_90d, 0) as contacts_90d,
        k.contact_recency_days,
        v.visit_recency_days,
        p.recency_days - v.visit_recency_days as last_visit_after_purchase_days,
        cast(p.net_sales as decimal(38, 4)) as net_sales,
        cast(p.net_sales_90d as decimal(38, 4)) as net_sales_90d,
        cast(p.net_sales_365d as decimal(38, 4)) as net_sales_365d,
        cast(p.net_sales / o.order_count as decimal(38, 4)) as mean_order_value,
        case
            when p.purchase_count > 1
                then cast(p.tenure_days - p.recency_days as double) / (p.purchase_count - 1)
        end as mean_gap_days,
        case
            when p.purchase_count > 1
                then
                    cast(p.recency_days as double) * (p.purchase_count - 1)
                    / (p.tenure_days - p.recency_days)
        end as recency_over_mean_gap,
        cast(p.recency_days as double) / p.max_gap_days as recency_over_max_gap,
        cast(p.recency_days as double) / p.last_gap_days as recency_over_last_gap,
        -- Standard deviation over mean, from whole sums: the same digits in any order of rows.
        case
            when p.gap_count > 1
                then
                    sqrt(
                        cast(p.gap_count * p.gap_square_sum - p.gap_sum * p.gap_sum as double)
                    ) / p.gap_sum
        end as gap_variation,
        case
            when o.order_count > 1 and p.net_sales > 0
                then cast(o.last_order_value as double) * o.order_count / p.net_sales
        end as last_order_over_mean,
        case
            when o.gross_sales > 0
                then cast(o.discount_amount as double) / o.gross_sales
        end as discount_share,
        o.refund_share,
        -- Visits since the last purchase over those that the same days would have held at the
        -- customer's own pace; 2 visits and 30 days keep a short history from shouting.
        case
            when v.visit_days_since_first is not null
                then
                    cast(v.visit_days_since_last as double) * (p.tenure_days + 30)
                    / ((p.recency_days + 1) * (v.visit_days_since_first + 2))
        end as visit_pace_since_last,
        -- The same for the last 30 days.
        case
            when v.visit_days_since_first is not null
                then
                    cast(v.visit_days_30d as double) * (p.tenure_days + 30)
                    / (30 * (v.visit_days_since_first + 2))
        end as visit_pace_30d,
        -- Silence in the customer's own measure, so that a model knows a long one from the shorter
        -- ones of busier customers: what the own pace of visits would have brought.
        case
            when v.visit_recency_days is not null
                then
                    cast(v.visit_recency_days as double) * (v.visit_days_since_first + 2)
                    / (p.tenure_days + 30)
        end as visits_missed,
        -- The same by the pace before the last purchase, which the silence itself did not slow.
        case
            when v.visit_recency_days is not null
                then
                    cast(v.visit_recency_days as double)
                    * (v.visit_days_since_first - v.visit_days_since_last + 1)
                    / (p.tenure_days - p.recency_days + 30)
        end as visits_missed_by_earlier_pace,
        case
            when v.visit_days_since_first is not null
                then
                    cast(p.recency_days as double) * (v.visit_days_since_first + 2)
                    / (p.tenure_days + 30)
        end as visits_expected_since_last,
        case
            when v.visit_days_since_first is not null
                then
                    cast(p.recency_days as double) * (v.visit_days_since_first + 2)
                    / (p.tenure_days + 30) - v.visit_days_since_last
        end as visit_shortfall_since_last,
        cast(v.phone_visit_day_count as double) / v.visit_day_count as phone_visit_share,
        cast(v.tablet_visit_day_count as double) / v.visit_day_count as tablet_visit_share,
        case
            when v.visit_days_since_first > 0
                then cast(p.purchase_count as double) / v.visit_days_since_first
        end as purchases_per_visit_day,
        cast(o.coupon_order_count as double) / o.order_count as coupon_share,
        cast(o.item_quantity as double) / o.order_count as mean_order_quantity,
        cast(o.replenishable_order_count as double) / o.order_count as replenishable_share,
        f.repeat_lift as first_category_repeat_lift,
        h.repeat_lift as acquisition_channel_repeat_lift,
        round(sin(s.year_angle), 4) as year_sine,
        round(cos(s.year_angle), 4) as year_cosine,
        {{ bg_nbd_no_order_probability(
            'b', 'p.purchase_count', 'p.recency_days', 'p.tenure_days', 'c.horizon_days'
        ) }} as bg_nbd_no_order_probability,
        o.is_first_order_replenishable,
        o.is_first_order_with_coupon,
        o.is_last_order_late,
        c.cut_off_date,
        c.cut_off_at,
        greatest(
            o.last_available_at,
            coalesce(v.last_available_at, o.last_available_at),
            coalesce(r.last_available_at, o.last_available_at),
            coalesce(k.last_available_at, o.last_available_at)
        ) as max_available_at
    from int_purchases__measured as p
    inner join churn_cutoffs as c
        on p.cut_off_at = c.cut_off_at
    inner join int_orders__measured as o
        on p.cut_off_at = o.cut_off_at and p.person_id = o.person_id
    inner join seasons as s
        on p.cut_off_at = s.cut_off_at
    left join int_visits__measured as v
        on p.cut_off_at = v.cut_off_at and p.person_id = v.person_id
    left join int_reviews__measured as r
        on p.cut_off_at = r.cut_off_at and p.person_id = r.person_id
    left join int_contacts__measured as k
        on p.cut_off_at = k.cut_off_at and p.person_id = k.person_id
    left join first_categories as f
        on o.cut_off_at = f.cut_off_at and o.first_category = f.first_category
    left join int_first_visits__as_known as a
        on p.cut_off_at = a.cut_off_at and p.person_id = a.person_id
    left join channels as h
        on a.cut_off_at = h.cut_off_at and a.channel = h.channel
    left join bg_nbd_fits as b
        on p.cut_off_at = b.cut_off_at
)

select * from final
