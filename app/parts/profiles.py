"""Groups that the shop has named by profile: how large they are, and who is in them."""

from app import choices, figures, layout, people
from app.fragments import by_itself
from app.language import say
from app.published import Published

_RULES = """
select
    rule_name, people_count, unknown_count, share, net_sales_365d::double as net_sales_365d,
    net_sales_365d::double / nullif(people_count, 0) as net_sales_a_person
from segments.profile_segment_sizes
order by people_count desc, rule_name
"""

_PEOPLE = """
select groups.person_id, coalesce(rfm.net_sales, 0) as brought
from segments.profile_segments as groups
left join segments.rfm_segments as rfm on groups.person_id = rfm.person_id
where rule_name = $rule
"""

_SHOWN = 12


@by_itself
def show(published: Published, currency: str) -> None:
    """Show each group of people, and those of one that is chosen."""
    layout.section(say("segments.rules"), say("segments.rules_note"))
    answer = published.ask(_RULES)
    if answer.frame.empty:
        layout.notice(say("segments.no_rule"), say("segments.no_rule_remedy"))
        return
    column = layout.Column
    layout.table(
        "segments_rules",
        answer,
        [
            column("rule_name", say("segments.rule"), is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("share", say("unit.of_people"), figures.percent),
            column("net_sales_365d", say("segments.of_a_year", currency=currency), figures.count),
            column("net_sales_a_person", say("segments.a_person", currency=currency),
                   figures.count, is_minor=True),
            column("unknown_count", say("segments.unknown"), figures.count, is_minor=True),
        ],
        "segments.profile_segment_sizes",
    )  # fmt: skip
    has_people = answer.frame["people_count"] > 0
    if not has_people.all():
        layout.caption(say("segments.nobody_fits"))
    if not has_people.any() or not published.has("segments.profile_segments"):
        return
    chosen = choices.one(
        say("segments.choose_rule"), list(answer.frame.loc[has_people, "rule_name"]),
        key="segments-rule",
    )  # fmt: skip
    people.listed(
        "segments_rule_people", published, _PEOPLE, "segments.profile_segments",
        order="brought desc", limit=_SHOWN, of=chosen, rule=chosen,
    )  # fmt: skip
