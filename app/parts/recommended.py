"""The lists of one person: products, why they stand there, and whether a mail may hold them."""

from collections.abc import Hashable
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Answer, Published

# A product that the catalogue does not name goes by its id.
_LISTED = """
select
    r.list_kind, r.list_rank, coalesce(p.name, r.product_id) as product, p.category,
    r.reason_code, coalesce(o.name, r.reason_product_id) as reason_product, r.reason_days,
    r.model_name, r.may_be_contacted, r.valid_until
from recommendations.product_recommendations as r
left join core.products as p
    on r.source_name = p.source_name and r.product_id = p.product_id
left join core.products as o
    on r.reason_source_name = o.source_name and r.reason_product_id = o.product_id
where r.person_id = $person
"""

_LIST = f"""
{_LISTED.strip()}
    and r.list_kind = $list_kind
order by r.list_rank
"""

# What is new to the person stands first.
_FIRST = f"""
{_LISTED.strip()}
    and r.list_rank <= case when r.list_kind = 'discovery' then 3 else 1 end
order by r.list_kind desc, r.list_rank
"""


def asked(published: Published, person: str, list_kind: str) -> Answer:
    """Return one of the lists of a person."""
    return published.ask(_LIST, person=person, list_kind=list_kind)


def columns() -> list[layout.Column]:
    """Return the columns of a list."""
    column = layout.Column
    return [
        column("product", say("recommendations.product_name"), is_long=True),
        column("category", say("recommendations.category"), is_long=True, is_minor=True),
        column("reason_code", say("recommendations.why"), is_long=True, write_row=reason),
        column("valid_until", say("recommendations.until"), figures.day, is_text=True,
               is_minor=True),
    ]  # fmt: skip


def briefly(published: Published, person: str) -> None:
    """Show the first lines of what to show to a person, and where the whole of it is."""
    answer = published.ask(_FIRST, person=person)
    if answer.frame.empty:
        layout.caption(say("recommendations.no_list"))
        return
    mailed(answer)
    whole = layout.person_link(person, page="recommendations")
    layout.beside(say("recommendations.first_lines"), (whole, say("recommendations.whole")))
    column = layout.Column
    layout.table(
        "customer_recommendations",
        answer,
        [
            *columns(),
            column("list_kind", say("recommendations.list"), is_text=True, is_minor=True,
                   write=lambda v: name_of("recommendation_list", v)),
        ],
        "recommendations.product_recommendations", "core.products",
    )  # fmt: skip


def mailed(answer: Answer) -> None:
    """Say whether what is on a list may go into a mail."""
    if answer.frame["may_be_contacted"].all():
        layout.remark(say("recommendations.may_mail"))
    else:
        layout.remark(say("recommendations.may_not_mail"))


def reason(row: dict[Hashable, Any]) -> str:
    """Say why a product is on a list, in words that the person may read too."""
    code, days = str(row["reason_code"]), row["reason_days"]
    category = "" if figures.is_nothing(row["category"]) else row["category"]
    if code == "popular_in_category" and not category:
        code = "popular"
    if code == "new_here" and category:
        code = "new_here_in"
    every = say("unit.day") if days == 1 else say("unit.days", count=figures.count(days))
    return say(
        f"recommendations.why_{code}", product=row["reason_product"], category=category, days=every
    )
