"""Rules of what goes together, in words, the ones that matter most first."""

from collections.abc import Hashable
from typing import Any

from app import choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

# A set of products makes a rule for each of them: the surest is told. Shadows of smaller sets are
# left out: who buys salt and a spoon buys nuts because of the salt.
_SETS = """
with rules as (
    select
        *,
        case
            when item_count = 2 then [left_items] else from_json(left_items, '["VARCHAR"]')
        end as items
    from behavior.basket_rules
    where level = $level and is_beyond_parts
)
select
    left_names, right_name, both_count, left_count, confidence, lift, p_adjusted, is_significant
from rules
qualify row_number() over (
    partition by source_name, list_sort(list_append(items, right_item))
    order by confidence desc, right_item
) = 1
order by is_significant desc, leverage desc, left_names, right_name
"""

_OF_ONE = """
select
    left_names, right_name, both_count, left_count, confidence, lift, p_adjusted, is_significant
from behavior.basket_rules
where level = 'product' and is_beyond_parts
    and case
        when item_count = 2 then left_items = $item
        else list_contains(from_json(left_items, '["VARCHAR"]'), $item)
    end
order by is_significant desc, leverage desc, left_names, right_name
"""

_PRODUCTS = """
select right_item, any_value(right_name) as name
from behavior.basket_rules
where level = 'product' and is_beyond_parts
group by right_item
order by bool_or(is_significant) desc, name, right_item
"""

_SETTINGS = """
select
    level, source_name, item_count, state, basket_count, cut_basket_count, tested_item_count,
    least_count, rule_count, significant_rule_count
from behavior.rule_settings
order by level desc, source_name, item_count
"""

_SHOWN = 12
# No product is chosen.
_ANY = ""


def answered(published: Published) -> None:
    """Say the strongest rule first, or that there is none."""
    found = layout.rows(published.ask(_SETS, level="product").frame)
    if found and found[0]["is_significant"]:
        layout.headline(
            say("baskets.first", left=found[0]["left_names"], right=found[0]["right_name"]),
            say("baskets.strongest"),
            _told(found[0]),
        )
    else:
        layout.remark(say("baskets.none"))


@by_itself
def of_products(published: Published) -> None:
    """Show the rules of products, of all or of one."""
    products = published.ask(_PRODUCTS).frame
    names = dict(zip(products["right_item"], products["name"], strict=True))
    item = choices.one(
        say("baskets.product"), [_ANY, *names], key="baskets-product",
        write=lambda i: names.get(i, say("baskets.any")),
    )  # fmt: skip
    answer = (
        published.ask(_SETS, level="product") if item == _ANY else published.ask(_OF_ONE, item=item)
    )
    if answer.frame.empty:
        layout.notice(say("baskets.no_rule"), say("baskets.no_rule_remedy"))
        return
    layout.table("baskets_rules", answer, _columns(), "behavior.basket_rules", limit=_SHOWN)


def of_categories(published: Published) -> None:
    """Show the rules from category to category."""
    answer = published.ask(_SETS, level="category")
    if answer.frame.empty:
        layout.notice(say("baskets.no_category"), say("baskets.no_category_remedy"))
        return
    if not answer.frame["is_significant"].any():
        layout.remark(say("baskets.no_category_is_sure"))
    layout.table("baskets_categories", answer, _columns(), "behavior.basket_rules", limit=_SHOWN)


def counted(published: Published) -> None:
    """Show of which orders and products the rules are told, and what is left out of them."""
    answer = published.ask(_SETTINGS)
    if "needs_extra_rules" in set(answer.frame["state"]):
        layout.notice(say("baskets.needs_extra"), say("baskets.needs_extra_remedy"))
    column = layout.Column
    layout.table(
        "baskets_counted",
        answer,
        [
            column("level", say("baskets.level"), lambda v: name_of("rule_level", v),
                   is_text=True),
            column("item_count", say("baskets.items"),
                   lambda v: say("baskets.four_and_more") if v == 4 else figures.count(v)),
            column("basket_count", say("baskets.orders"), figures.count),
            column("cut_basket_count", say("baskets.cut"), figures.count, is_minor=True),
            column("tested_item_count", say("baskets.tested"), figures.count, is_minor=True),
            column("least_count", say("baskets.least"), figures.count, is_minor=True),
            column("rule_count", say("baskets.rule_count"), figures.count),
            column("significant_rule_count", say("baskets.sure"), figures.count),
        ],
        "behavior.rule_settings",
    )  # fmt: skip


def _columns() -> list[layout.Column]:
    column = layout.Column
    return [
        column("left_names", say("baskets.rule"), is_text=True, is_long=True, write_row=_told),
        column("both_count", say("baskets.both"), figures.count),
        column("is_significant", say("baskets.is_more"), is_text=True, write_row=_judged),
    ]


def _judged(row: dict[Hashable, Any]) -> str:
    if row["is_significant"]:
        return say("baskets.yes")
    return say("baskets.rarer" if row["lift"] < 1 else "baskets.not_sure")


def _told(row: dict[Hashable, Any] | dict[str, Any]) -> str:
    return say(
        "baskets.told", left=row["left_names"], right=row["right_name"],
        share=figures.decimal(100 * row["confidence"], 0), times=figures.decimal(row["lift"], 1),
    )  # fmt: skip
