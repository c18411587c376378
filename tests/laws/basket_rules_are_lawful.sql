-- No rule is surer than sure, no set more frequent than what it holds; a pair is told from both
-- sides with one lift and one probability; a set of three has its three pairs.
-- If it breaks: src/stayhouse/behavior/rules.py pairs a set with the counts of another one.
with rules as (
    select * from {{ ref('basket_rules') }}
)

select
    'counts' as what,
    r.left_items,
    r.right_item
from rules as r
where
    r.both_count < {{ setting('basket_min_count') }}
    or r.both_count > r.left_count
    or r.both_count > r.right_count
    or r.left_count + r.right_count - r.both_count > r.basket_count
    or r.confidence > 1
    or r.p_adjusted < r.p_value
    or r.p_adjusted > 1
union all
select
    'pairs' as what,
    a.left_items,
    a.right_item
from rules as a
left join rules as b
    on
        a.level = b.level
        and a.source_name = b.source_name
        and a.item_count = b.item_count
        and a.left_items = b.right_item
        and a.right_item = b.left_items
where
    a.item_count = 2
    and (
        b.left_items is null
        or a.lift <> b.lift
        or a.p_value <> b.p_value
        or a.is_significant <> b.is_significant
    )
union all
-- Each set has a rule for each of its items.
select
    'rules of a set' as what,
    level as left_items,
    source_name as right_item
from rules
group by level, source_name, item_count
having count(*) % item_count <> 0
