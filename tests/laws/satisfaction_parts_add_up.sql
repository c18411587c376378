-- No count is larger than the one that it is part of, stars add up to the reviews with stars, a
-- rate lies within its interval, returns are told where no order can come back any more, and there
-- is a composite where there are its four parts.
-- If it breaks: look at models/feedback/satisfaction.sql; a count that is too large comes from
-- models/feedback/int_satisfaction__counts.sql.
select
    source_name,
    level,
    level_value,
    month
from {{ ref('satisfaction') }}
where
    star_1_count + star_2_count + star_3_count + star_4_count + star_5_count <> rated_count
    or rated_count > review_count
    or judged_count > review_count
    or positive_count > judged_count
    or followed_message_count > message_count
    or repeated_message_count > followed_message_count
    or settled_order_count > order_count
    or returned_order_count > settled_order_count
    or late_order_count > delivered_order_count
    or rating_mean not between rating_low and rating_high
    {%- for rate in ['positive_share', 'repeat_contact_rate', 'return_rate', 'late_share'] %}
    or {{ rate }} not between {{ rate }}_low and {{ rate }}_high
    or ({{ rate }} is null) <> ({{ rate }}_low is null)
    {%- endfor %}
    or (return_rate is not null and settled_order_count < order_count)
    or (composite is null) <> (
        rating_mean_z is null
        or positive_share_z is null
        or repeat_contact_rate_z is null
        or return_rate_z is null
    )
    or (composite is not null and (level <> 'all' or not is_month_complete))
