-- Of which themes customers speak more than in the year before, more than chance makes. All from
-- whole numbers.
with ml_feedback_alerts as (
    select * from {{ ref('ml_feedback_alerts') }}
),

final as (
    select
        cast(source_name as string) as source_name,
        cast(level as string) as level,
        cast(level_value as string) as level_value,
        cast(theme as string) as theme,
        cast(grain as string) as grain,
        cast(reason_code as string) as reason_code,
        cast(text_count as bigint) as text_count,
        cast(mention_count as bigint) as mention_count,
        cast(text_count_before as bigint) as text_count_before,
        cast(mention_count_before as bigint) as mention_count_before,
        cast(mention_count as double) / text_count as mention_share,
        cast(mention_count_before as double) / nullif(text_count_before, 0) as share_before,
        cast(p_value as double) as p_value,
        cast(p_adjusted as double) as p_adjusted,
        cast(alert_level as double) as alert_level,
        cast(is_alert as boolean) as is_alert,
        cast(is_alert and is_last_period as boolean) as is_open,
        cast(period_start as date) as period_start
    from ml_feedback_alerts
)

select * from final
