-- How satisfied customers were, by local month, of all and of each category: what they said of it,
-- whether they had to ask twice, what they gave back, what came late. The parts stand for
-- themselves; `composite` is their mean, in deviations from the shop's own months.
{%- set least_count = 5 %}
{%- set least_months = 6 %}
{%- set rates = {
    'positive_share': ['positive_count', 'judged_count'],
    'repeat_contact_rate': ['repeated_message_count', 'followed_message_count'],
    'return_rate': ['returned_order_count', 'settled_order_count'],
    'late_share': ['late_order_count', 'delivered_order_count'],
} %}
{#- What the mean is made of, and whether more of it is better. #}
{%- set parts = {
    'rating_mean': true,
    'positive_share': true,
    'repeat_contact_rate': false,
    'return_rate': false,
} %}
with int_satisfaction__counts as (
    select * from {{ ref('int_satisfaction__counts') }}
),

clock as (
    select * from {{ ref('clock') }}
),

measured as (
    select
        c.source_name,
        c.level,
        c.level_value,
        c.review_count,
        c.rated_count,
        c.star_1_count,
        c.star_2_count,
        c.star_3_count,
        c.star_4_count,
        c.star_5_count,
        c.judged_count,
        c.positive_count,
        c.message_count,
        c.followed_message_count,
        c.repeated_message_count,
        c.order_count,
        c.settled_order_count,
        c.returned_order_count,
        c.delivered_order_count,
        c.late_order_count,
        c.month,
        case
            when c.rated_count >= {{ least_count }}
                then cast(c.rating_sum as double) / c.rated_count
        end as rating_mean,
        -- By whole numbers: n times the sum of squares less the square of the sum.
        case
            when c.rated_count >= {{ least_count }}
                then
                    sqrt(
                        cast(
                            c.rated_count * c.rating_square_sum - c.rating_sum * c.rating_sum
                            as double
                        )
                        / c.rated_count / c.rated_count / (c.rated_count - 1)
                    )
        end as rating_error,
        {#- Of a month whose orders can still come back the few that cannot are no measure: they are
            its earliest, and were given the longest time. #}
        {%- for rate, counts in rates.items() %}
        case
            when
                c.{{ counts[1] }} >= {{ least_count }}
                {%- if rate == 'return_rate' %}
                and c.settled_order_count = c.order_count
                {%- endif %}
                then cast(c.{{ counts[0] }} as double) / c.{{ counts[1] }}
        end as {{ rate }},
        {%- endfor %}
        c.month < cast(date_trunc('month', k.open_day) as date) as is_month_complete
    from int_satisfaction__counts as c
    cross join clock as k
),

-- Sums are of decimals, so that they are the same in any order.
usual as (
    select
        {%- for part in parts %}
        case when is_month_complete then {{ part }} end as {{ part }}_judged,
        cast(
            sum(case when is_month_complete then cast({{ part }} as decimal(18, 12)) end) over (
                partition by source_name, level, level_value
            ) as double
        )
        / nullif(
            count(case when is_month_complete then {{ part }} end) over (
                partition by source_name, level, level_value
            ), 0
        ) as {{ part }}_usual,
        {%- endfor %}
        *
    from measured
),

-- How much better than usual.
centred as (
    select
        {%- for part, is_better in parts.items() %}
        {%- if is_better %}
        {{ part }}_judged - {{ part }}_usual as {{ part }}_off,
        {%- else %}
        {{ part }}_usual - {{ part }}_judged as {{ part }}_off,
        {%- endif %}
        {%- endfor %}
        *
    from usual
),

spread as (
    select
        {%- for part in parts %}
        count({{ part }}_off) over (partition by source_name, level, level_value)
            as {{ part }}_months,
        sqrt(
            cast(
                sum(cast({{ part }}_off * {{ part }}_off as decimal(38, 18))) over (
                    partition by source_name, level, level_value
                ) as double
            )
            / nullif(
                count({{ part }}_off) over (partition by source_name, level, level_value) - 1, 0
            )
        ) as {{ part }}_spread,
        {%- endfor %}
        *
    from centred
),

-- Where all months are alike none is better than another.
scored as (
    select
        {%- for part in parts %}
        case
            when {{ part }}_off is null or {{ part }}_months < {{ least_months }} then null
            when {{ part }}_spread = 0 then 0.0
            else {{ part }}_off / {{ part }}_spread
        end as {{ part }}_z,
        {%- endfor %}
        *
    from spread
),

final as (
    select
        source_name,
        level,
        level_value,
        review_count,
        rated_count,
        star_1_count,
        star_2_count,
        star_3_count,
        star_4_count,
        star_5_count,
        judged_count,
        positive_count,
        message_count,
        followed_message_count,
        repeated_message_count,
        order_count,
        settled_order_count,
        returned_order_count,
        delivered_order_count,
        late_order_count,
        rating_mean,
        -- Ratings that are all alike do not tell how far others would be from them.
        case
            when rating_error > 0
                then
                    greatest(rating_mean - ({{ t_quantile('rated_count - 1') }}) * rating_error, 1)
        end as rating_low,
        case
            when rating_error > 0
                then least(rating_mean + ({{ t_quantile('rated_count - 1') }}) * rating_error, 5)
        end as rating_high,
        {%- for rate, counts in rates.items() %}
        {{ rate }},
        case
            when {{ rate }} is not null then {{ wilson_bound(counts[0], counts[1], '-') }}
        end as {{ rate }}_low,
        case
            when {{ rate }} is not null then {{ wilson_bound(counts[0], counts[1], '+') }}
        end as {{ rate }}_high,
        {%- endfor %}
        {%- for part in parts %}
        cast({{ part }}_z as double) as {{ part }}_z,
        {%- endfor %}
        cast(
            (rating_mean_z + positive_share_z + repeat_contact_rate_z + return_rate_z) / 4 as double
        ) as composite,
        is_month_complete,
        month
    from scored
)

select * from final
