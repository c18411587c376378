-- Of which baskets rules are told, by how many items they have, and what is not counted.
with int_baskets__lines as (
    select * from {{ ref('int_baskets__lines') }}
),

ml_basket_rules as (
    select * from {{ ref('ml_basket_rules') }}
),

baskets as (
    select
        level,
        source_name,
        count(case when place = 1 then 1 end) as basket_count,
        count(case when is_cut then 1 end) as cut_basket_count,
        count(distinct item_number) as tested_item_count
    from int_baskets__lines
    group by level, source_name
),

-- Four stand for four and more.
sizes as (
    {% for size in [2, 3, 4] -%}
    select {{ size }} as item_count
    {%- if not loop.last %} union all {% endif %}
    {% endfor -%}
),

rules as (
    select
        level,
        source_name,
        least(item_count, 4) as item_count,
        count(*) as rule_count,
        count(case when is_significant then 1 end) as significant_rule_count,
        min(least_count) as least_count
    from ml_basket_rules
    group by level, source_name, least(item_count, 4)
),

extra as (
    select coalesce(max(case when has_longer_sets then 1 else 0 end), 1) = 1 as has_longer_sets
    from ml_basket_rules
),

final as (
    select
        b.level,
        b.source_name,
        case
            when s.item_count = 4 and not e.has_longer_sets then 'needs_extra_rules' else 'counted'
        end as state,
        cast(s.item_count as bigint) as item_count,
        cast(b.basket_count as bigint) as basket_count,
        cast(b.cut_basket_count as bigint) as cut_basket_count,
        cast(b.tested_item_count as bigint) as tested_item_count,
        cast(r.least_count as bigint) as least_count,
        cast(coalesce(r.rule_count, 0) as bigint) as rule_count,
        cast(coalesce(r.significant_rule_count, 0) as bigint) as significant_rule_count
    from baskets as b
    cross join sizes as s
    cross join extra as e
    left join rules as r
        on
            b.level = r.level
            and b.source_name = r.source_name
            and s.item_count = r.item_count
)

select * from final
