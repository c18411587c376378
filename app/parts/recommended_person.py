"""One person: what is new to them, what they may want again, and what to read."""

from functools import partial

from app import layout
from app.fragments import by_itself
from app.language import say
from app.parts import person_search, recommended
from app.published import Published

_SOME = """
select l.person_id
from retention.customer_lifecycle as l
semi join recommendations.product_recommendations as r on l.person_id = r.person_id
order by l.active_day_count desc, l.person_id
limit 5
"""

# A title is quoted as the shop wrote it, in a language that nobody says (BCP 47: und).
_GUIDES = """
select
    r.list_rank, coalesce(c.title, r.content_id) as title, 'und' as title_language,
    r.reason_code, r.reason_category
from recommendations.content_recommendations as r
left join core.content as c
    on r.source_name = c.source_name and r.content_id = c.content_id
where r.person_id = $person
order by r.list_rank
"""


@by_itself
def show(published: Published) -> None:
    """Let a person be chosen, and show what to show them."""
    person = person_search.find(published, "recommendations", partial(_some, published))
    if person is None:
        return
    layout.beside(person, (layout.person_link(person), say("recommendations.person_page")))
    new = recommended.asked(published, person, "discovery")
    again = recommended.asked(published, person, "buy_again")
    listed = [answer for answer in (new, again) if not answer.frame.empty]
    if not listed:
        layout.notice(say("recommendations.no_list"), say("recommendations.no_list_remedy"))
    else:
        recommended.mailed(listed[0])
    marts = ("recommendations.product_recommendations", "core.products")
    if not new.frame.empty:
        layout.caption(say("recommendations.list_discovery"))
        layout.table("recommendations_list", new, recommended.columns(), *marts)
    if not again.frame.empty:
        layout.caption(say("recommendations.list_buy_again"))
        layout.table("recommendations_again", again, recommended.columns(), *marts)
    _guides(published, person)


def _some(published: Published) -> None:
    layout.caption(say("recommendations.nobody_chosen"))
    column = layout.Column(
        "person_id", say("recommendations.for_instance"), is_text=True,
        link=partial(layout.person_link, page="recommendations"),
    )  # fmt: skip
    answer = published.ask(_SOME)
    if not answer.frame.empty:
        layout.table(
            "recommendations_some", answer, [column],
            "retention.customer_lifecycle", "recommendations.product_recommendations",
        )  # fmt: skip


def _guides(published: Published, person: str) -> None:
    answer = published.ask(_GUIDES, person=person)
    if answer.frame.empty:
        return
    layout.caption(say("recommendations.list_guides"))
    column = layout.Column
    layout.table(
        "recommendations_guides",
        answer,
        [
            column("title", say("recommendations.guide"), is_long=True, quoted="title_language"),
            column("reason_code", say("recommendations.why"), is_long=True,
                   write_row=lambda row: say(f"recommendations.why_{row['reason_code']}",
                                             category=row["reason_category"])),
        ],
        "recommendations.content_recommendations", "core.content",
    )  # fmt: skip
