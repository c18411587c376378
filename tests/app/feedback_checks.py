"""What the page Voice of the customer must show after a choice, counted anew from the texts."""

import pandas as pd
import pytest

from app.language import say_in
from tests.app.checks import chosen
from tests.app.conftest import Site, Visit
from tests.app.segment_checks import file_of
from tests.app.test_pages import number

THEMES = {
    say_in("en", f"names.theme.{theme}"): theme
    for theme in (
        "delivery", "quality", "price", "size", "service", "returns", "website", "other",
    )
}  # fmt: skip
# The sample's shop and clock: London, where May 2025 is not over.
LOCAL = "timezone('Europe/London', timezone('UTC', {}))"
TEXTS = f"""
    select 'review' as kind, t.review_id as id, t.themes, t.sentiment, t.product_id, r.likes,
        r.text, r.rating, t.created_at as written_at, {LOCAL.format("t.created_at")} as local_time
    from feedback.review_sentiment as t
    inner join core.reviews as r on t.review_id = r.review_id
    union all
    select 'message', event_id, themes, sentiment, product_id, null, null, null, written_at,
        {LOCAL.format("written_at")}
    from feedback.support_messages
"""


def texts_of(visit: Visit, site: Site) -> pd.DataFrame:
    """Every text of the category that is chosen, a row for each of its themes."""
    category = chosen(visit, "feedback-category")
    texts = site.csv(f"""
        select t.*, p.category, strftime(local_time, '%Y-%m-01') as month
        from ({TEXTS}) as t left join core.products as p on t.product_id = p.product_id
    """)
    if category != say_in("en", "feedback.all"):
        texts = texts[texts["category"] == category]
    texts = texts[texts["themes"].notna()]
    return texts.assign(theme=texts["themes"].str.split(",")).explode("theme")


def the_voice(visit: Visit, site: Site, _: str) -> None:
    """A theme's months are counted from the texts, and its examples are the most liked ones."""
    told = texts_of(visit, site)
    theme = THEMES[chosen(visit, "feedback-theme")]
    own = told[told["theme"] == theme].groupby("month")
    shown = visit.csv("feedback_months").set_index("month")
    assert shown["text_count"].to_dict() == own.size().to_dict()
    negative = own["sentiment"].apply(lambda found: int((found == "negative").sum()))
    enough = own.size()[own.size() >= 5].index
    assert shown.loc[enough, "negative_count"].to_dict() == negative[enough].to_dict()
    assert shown["negative_count"].drop(enough).isna().all()
    grid = visit.csv("feedback_grid")
    assert set(grid["month"]) <= {"2024-05-01", *(f"2024-{m:02}-01" for m in range(6, 13)),
                                  *(f"2025-{m:02}-01" for m in range(1, 5))}  # fmt: skip
    judged = own["sentiment"].count()
    for cell in grid[(grid["theme"] == theme) & ~grid["is_withheld"]].itertuples():
        share = negative[cell.month] / judged[cell.month]
        assert cell.negative_share == pytest.approx(share)
    reviews = told[(told["theme"] == theme) & (told["kind"] == "review")]
    months = [month for month in enough if month in set(reviews["month"])]
    if not months:
        assert say_in("en", "feedback.no_example") in visit.words()
        return
    liked = reviews[reviews["month"] == max(months)].sort_values(
        ["likes", "written_at", "id"], ascending=[False, False, True]
    )
    rows = visit.table("feedback_examples")
    assert [row[0] for row in rows] == list(liked["text"].head(3))
    assert [number(row[1]) for row in rows] == list(liked["rating"].head(3))


def the_satisfaction(visit: Visit, site: Site, _: str) -> None:
    """Stars are counted from the reviews, and what came late from the orders."""
    category = chosen(visit, "feedback-category")
    of = "" if category == say_in("en", "feedback.all") else f"where category = '{category}'"
    stars = site.csv(f"""
        select strftime({LOCAL.format("r.created_at")}, '%Y-%m-01') as month,
            count(*) as review_count, avg(rating) as rating_mean,
            count(*) filter (rating = 5) as star_5_count,
            count(*) filter (rating = 1) as star_1_count
        from core.reviews as r
        inner join core.clock as c on r.created_at < c.as_of_at
        left join core.products as p on r.product_id = p.product_id
        {of}
        group by 1 having month < '2025-05-01' order by 1 desc
    """).set_index("month")
    shown = visit.csv("feedback_satisfaction").set_index("month").loc[stars.index]
    for count in ("review_count", "star_5_count", "star_1_count"):
        assert shown[count].to_dict() == stars[count].to_dict()
    enough = stars.index[stars["review_count"] >= 5]
    assert shown.loc[enough, "rating_mean"].tolist() == pytest.approx(
        stars.loc[enough, "rating_mean"].tolist()
    )
    assert (shown["rating_low"].dropna() <= shown["rating_mean"][shown["rating_low"].notna()]).all()
    if of:
        return
    late = site.csv(f"""
        select avg((delivered_at > promised_at)::integer) as share
        from core.orders, core.clock
        where is_order and delivered_at < as_of_at and promised_at is not null
            and strftime({LOCAL.format("delivered_at")}, '%Y-%m') = '2025-04'
    """)["share"][0]
    assert visit.table("feedback_satisfaction")[0][5] == f"{late:.1%}".replace("%", " %")
    newest = stars.iloc[0]
    assert f"5 ★ {newest['star_5_count']:.0f}, 4 ★" in visit.words()
    the_answer(visit, site)


def the_answer(visit: Visit, site: Site) -> None:
    """Nothing rose in the sample; what to repair first and whom to answer, by the texts."""
    words = visit.words()
    assert site.rows("select count(*) from feedback.feedback_alerts where is_open") == [(0,)]
    assert say_in("en", "feedback.nothing") in words
    texts = texts_of(visit, site)
    late = texts[texts["month"].between("2025-02-01", "2025-04-01") & (texts["theme"] != "other")]
    counts = late.groupby(["theme", "month"])["sentiment"].agg(
        texts="size", judged="count", negative=lambda found: (found == "negative").sum()
    )
    first = counts[counts["texts"] >= 5].groupby("theme").sum().sort_values("negative").iloc[-1]
    name = say_in("en", f"names.theme.{first.name}")
    assert (
        f"Repair first: {name}. In the last three whole months {first['negative']} of "
        f"{first['judged']} texts"
    ) in words
    people = writers(site)
    held = dict(site.rows("select person_id, min(customer_id) from core.customers group by 1"))
    rows = visit.table("feedback_people")
    assert [row[0] for row in rows] == [held[person] for person in people[:12]]
    ((texts,),) = site.rows(f"select count(*) from ({WAITING}) as n")
    assert f"To answer: {len(people)} people wrote to the help desk, or a negative review" in words
    assert f"in the last 28 days: {texts} in all" in words


WAITING = """
    select person_id, written_at from (
        select person_id, created_at as written_at, sentiment from feedback.review_sentiment
        union all select person_id, written_at, 'negative' from feedback.support_messages
    ), core.clock
    where sentiment = 'negative' and written_at >= as_of_at - interval 28 day
"""


def writers(site: Site) -> list[str]:
    """Whoever wrote to the help desk, or a negative review, of late, the newest first."""
    wrote = site.rows(f"select person_id from ({WAITING}) as n order by written_at desc")
    return list(dict.fromkeys(str(person) for (person,) in wrote))


def the_file_of_writers(visit: Visit, site: Site, purpose: str) -> None:
    """The file holds whoever waits for an answer."""
    file_of(visit, site, "feedback_people", writers(site), purpose)
