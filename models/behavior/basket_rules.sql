-- What goes together: of the baskets with the left side, how many hold the right one, and how much
-- more that is than chance would make. All from whole numbers.
with ml_basket_rules as (
    select * from {{ ref('ml_basket_rules') }}
),

final as (
    select
        cast(level as string) as level,
        cast(source_name as string) as source_name,
        cast(left_items as string) as left_items,
        cast(left_names as string) as left_names,
        cast(right_item as string) as right_item,
        cast(right_name as string) as right_name,
        cast(item_count as bigint) as item_count,
        cast(basket_count as bigint) as basket_count,
        cast(both_count as bigint) as both_count,
        cast(left_count as bigint) as left_count,
        cast(right_count as bigint) as right_count,
        cast(both_count as double) / basket_count as support,
        cast(both_count as double) / left_count as confidence,
        cast(both_count * basket_count as double) / (left_count * right_count) as lift,
        cast(both_count * basket_count - left_count * right_count as double)
        / (basket_count * basket_count) as leverage,
        cast(p_value as double) as p_value,
        cast(p_adjusted as double) as p_adjusted,
        cast(p_without_largest as double) as p_without_largest,
        cast(is_significant as boolean) as is_significant,
        cast(is_beyond_parts as boolean) as is_beyond_parts
    from ml_basket_rules
)

select * from final
