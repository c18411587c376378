-- What was known of each buyer at each cut-off: the same SQL for training and for today. Counts of
-- orders are net as of the cut-off; what a feature is computed by stands in the models listed here.
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

int_acquisition__measured as (
    select * from {{ ref('int_acquisition__measured') }}
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
        p.purchase_count_90d_change,
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
        v.last_visit_after_purchase_days,
        cast(p.net_sales as decimal(38, 4)) as net_sales,
        cast(p.net_sales_90d as decimal(38, 4)) as net_sales_90d,
        cast(p.net_sales_365d as decimal(38, 4)) as net_sales_365d,
        cast(o.net_sales / o.order_count as decimal(38, 4)) as mean_order_value,
        p.mean_gap_days,
        p.recency_over_mean_gap,
        p.recency_over_max_gap,
        p.recency_over_last_gap,
        p.gap_variation,
        o.last_order_over_mean,
        o.discount_share,
        o.refund_share,
        v.visit_pace_since_last,
        v.visit_pace_30d,
        v.visits_missed,
        v.visits_missed_by_earlier_pace,
        v.visits_expected_since_last,
        v.visit_shortfall_since_last,
        v.phone_visit_share,
        v.tablet_visit_share,
        v.purchases_per_visit_day,
        o.coupon_share,
        o.mean_order_quantity,
        o.replenishable_share,
        a.first_category_repeat_lift,
        a.acquisition_channel_repeat_lift,
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
    left join int_acquisition__measured as a
        on p.cut_off_at = a.cut_off_at and p.person_id = a.person_id
    left join bg_nbd_fits as b
        on p.cut_off_at = b.cut_off_at
)

select * from final
