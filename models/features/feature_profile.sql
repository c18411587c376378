-- What each feature is like, with the cap and the filling that a model may use: all fitted on the
-- training cut-offs, and held against today's customers.
{%- set features = snapshot_features() %}
{%- set shares = [0.01, 0.25, 0.5, 0.75, 0.99] %}
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

fitted as (
    {%- for f in features %}
    select
        '{{ f.name }}' as feature,
        '{{ f.family }}' as feature_family,
        '{{ f.unit }}' as feature_unit,
        count(*) as row_count,
        count({{ f.name }}) as known_count,
        min(cast({{ f.name }} as double)) as min_value,
        max(cast({{ f.name }} as double)) as max_value,
        {{ quantiles('cast(' ~ f.name ~ ' as double)', shares) }} as quantiles
    from customer_snapshots
    where split = 'train'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

named as (
    select
        *,
        {{ nth_of('quantiles', 1) }} as cap_low,
        {{ nth_of('quantiles', 2) }} as lower_quartile,
        {{ nth_of('quantiles', 3) }} as filling,
        {{ nth_of('quantiles', 4) }} as upper_quartile,
        {{ nth_of('quantiles', 5) }} as cap_high
    from fitted
),

-- Counts and money are skewed: quartiles say what is usual on the scale that models read.
scaled as (
    select
        *,
        {{ signed_log('lower_quartile') }} as scaled_low,
        {{ signed_log('upper_quartile') }} as scaled_high
    from named
),

fenced as (
    select
        *,
        scaled_low - 1.5 * (scaled_high - scaled_low) as fence_low,
        scaled_high + 1.5 * (scaled_high - scaled_low) as fence_high
    from scaled
),

held as (
    {%- for f in features %}
    select
        f.feature,
        count(
            case
                when
                    s.split = 'train'
                    and (
                        {{ signed_log('cast(s.' ~ f.name ~ ' as double)') }} < f.fence_low
                        or {{ signed_log('cast(s.' ~ f.name ~ ' as double)') }} > f.fence_high
                    )
                    then 1
            end
        ) as outlier_count,
        count(case when s.split = 'today' then 1 end) as today_count,
        count(case when s.split = 'today' then s.{{ f.name }} end) as today_known_count,
        count(
            case
                when
                    s.split = 'today'
                    and (
                        cast(s.{{ f.name }} as double) < f.cap_low
                        or cast(s.{{ f.name }} as double) > f.cap_high
                    )
                    then 1
            end
        ) as today_capped_count
    from customer_snapshots as s
    inner join fenced as f
        on f.feature = '{{ f.name }}'
    where s.split in ('train', 'today')
    group by f.feature
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        f.feature,
        f.feature_family,
        f.feature_unit,
        f.row_count,
        f.min_value,
        f.lower_quartile,
        f.filling,
        f.upper_quartile,
        f.max_value,
        f.cap_low,
        f.cap_high,
        cast(f.row_count - f.known_count as double) / nullif(f.row_count, 0) as missing_share,
        cast(h.outlier_count as double) / nullif(f.known_count, 0) as outlier_share,
        cast(h.today_count - h.today_known_count as double) / nullif(h.today_count, 0)
            as missing_share_today,
        cast(h.today_capped_count as double) / nullif(h.today_known_count, 0)
            as capped_share_today
    from fenced as f
    left join held as h
        on f.feature = h.feature
)

select * from final
