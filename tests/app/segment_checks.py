"""What the page Segments must show after a choice."""

import pandas as pd

from app.language import say_in
from app.palette import SEGMENTS
from tests.app.checks import chosen
from tests.app.conftest import Site, Visit
from tests.app.test_pages import number

NAMES = {say_in("en", f"names.segment.{segment}"): segment for segment in SEGMENTS}


def day_of(visit: Visit, site: Site) -> str:
    """The first day of the month that is looked at."""
    months = site.rows("select distinct month, strftime(month, '%B %Y') from segments.rfm_movement")
    name = chosen(visit, "segments-month").removesuffix(", so far")
    (day,) = (str(month) for month, written in months if written == name)
    return day


def moves_of(visit: Visit) -> list[tuple[str, str]]:
    """The moves that are listed as losses, in order."""
    ends = (row[0].split(" → ") for row in visit.table("segments_losses"))
    return [(NAMES[before], NAMES[after]) for before, after in ends]


def the_moves(visit: Visit, site: Site, month: str) -> None:
    """The losses are the moves down the list, and all that a month holds adds up in a sentence."""
    held = site.rows(
        "select from_segment, to_segment, people_count from segments.rfm_movement "
        f"where month = '{day_of(visit, site)}'"
    )
    place = {segment: number for number, segment in enumerate(SEGMENTS)}
    lost = {
        (before, after): people
        for before, after, people in held
        if before != "none" and place[after] > place[before]
    }
    shown = dict(
        zip(
            moves_of(visit), (number(row[1]) for row in visit.table("segments_losses")), strict=True
        )
    )
    assert shown == {move: lost[move] for move in shown}
    assert len(shown) == min(len(lost), 12)
    new = sum(people for before, _, people in held if before == "none")
    same = sum(people for before, after, people in held if before == after)
    warmer = sum(people for *_, people in held) - sum(lost.values()) - new - same
    words = visit.words()
    assert f"{sum(lost.values()):,} people slid" in words
    assert f"{warmer:,} people moved to a warmer one, {new:,} people bought" in words
    assert f"{same:,} people stayed" in words


def movers(visit: Visit, site: Site, move: str) -> list[str]:
    """Who made a move, by the segment that each person had a month before."""
    before, after = (NAMES[name] for name in move.split(" → "))
    people = site.rows(f"""
        select person_id from (
            select person_id, segment, from_month,
                lag(segment) over (partition by person_id order by from_month) as segment_before
            from segments.rfm_history
        )
        where from_month = '{day_of(visit, site)}' and segment = '{after}'
            and segment_before = '{before}'
    """)
    return [person for (person,) in people]


def the_movers(visit: Visit, site: Site, move: str) -> None:
    """The list is of those who made the move."""
    people = movers(visit, site, move)
    rows = visit.table("segments_people")
    shown = len(rows)
    assert shown == min(len(people), 12)
    back = site.rows(f"""
        select person_id from core.orders
        where is_net_at_clock and local_day > last_day(date '{day_of(visit, site)}')
    """)
    back_count = len({person for (person,) in back} & set(people))
    (row,) = (row for row in visit.table("segments_losses") if row[0] == move)
    assert number(row[2]) == back_count
    marks = ["no"] * (len(people) - back_count) + ["yes"] * back_count
    heads = visit.page.locator('table[data-table="segments_people"] th').all_text_contents()
    place = heads.index("Ordered since")
    assert [row[place] for row in rows] == marks[:12]
    if len(people) > shown:
        assert f"The first {shown} of {len(people):,} people" in visit.words()


def the_size(visit: Visit, site: Site, segment: str) -> None:
    """A segment's size is that of the month, and its course ends with those who have it today."""
    course = visit.csv("segments_course")
    (today,) = site.rows(f"""
        select count(*) from segments.rfm_history
        where segment = '{NAMES[segment]}' and to_month is null
    """)
    assert course["people_count"].iloc[-1] == today[0]
    (row,) = (row for row in visit.table("segments_sizes") if row[0] == segment)
    months = list(course["month"].str[:10])
    place = months.index(day_of(visit, site))
    assert number(row[1]) == course["people_count"][place]
    if place:
        assert number(row[2]) == course["people_count"][place] - course["people_count"][place - 1]


def the_cluster(visit: Visit, site: Site, cluster: str) -> None:
    """The people of a cluster, those who brought most first."""
    held = site.rows(f"""
        select coalesce(min(a.customer_id), 'guest'), any_value(r.net_sales)
        from segments.customer_clusters as c
        inner join segments.rfm_segments as r on c.person_id = r.person_id
        left join core.customers as a on c.person_id = a.person_id
        where c.cluster_name = '{cluster}'
        group by c.person_id
        order by any_value(r.net_sales) desc, c.person_id limit 12
    """)
    shown = visit.table("segments_cluster_people")
    assert [row[0].split(" +")[0] for row in shown] == [name for name, _ in held]


def the_group(visit: Visit, site: Site, rule: str) -> None:
    """The people of a group, as many as it has."""
    (size,) = (number(row[1]) for row in visit.table("segments_rules") if row[0] == rule)
    people = people_of_rule(site, rule)
    assert len(people) == size
    shown = visit.table("segments_rule_people")
    assert len(shown) == min(size, 12)
    if size > 12:
        assert f"The first 12 of {len(people):,} people" in visit.words()
    known = site.rows("select person_id, customer_id from core.customers")
    names = {name for person, name in known if person in set(people)}
    assert {row[0].split(" +")[0] for row in shown} - {"guest"} <= names


def people_of_rule(site: Site, rule: str) -> list[str]:
    """Whom a rule of the seed fits, as the mart says."""
    people = site.rows(
        f"select person_id from segments.profile_segments where rule_name = '{rule}'"
    )
    return [person for (person,) in people]


def the_file_of_group(visit: Visit, site: Site, purpose: str) -> None:
    """The file of a group holds its people."""
    rule = chosen(visit, "segments-rule")
    file_of(visit, site, "segments_rule_people", people_of_rule(site, rule), purpose)


def the_file_of_movers(visit: Visit, site: Site, purpose: str) -> None:
    """The file of a move holds its people."""
    people = movers(visit, site, chosen(visit, "segments-move"))
    file_of(visit, site, "segments_people", people, purpose)


def the_file_of_cluster(visit: Visit, site: Site, purpose: str) -> None:
    """The file of a cluster holds its people."""
    name = chosen(visit, "segments-cluster")
    people = site.rows(
        f"select person_id from segments.customer_clusters where cluster_name = '{name}'"
    )
    file_of(visit, site, "segments_cluster_people", [person for (person,) in people], purpose)


def file_of(visit: Visit, site: Site, key: str, people: list[str], purpose: str) -> None:
    with visit.page.expect_download() as download:
        visit.page.locator(f".st-key-export-{key} button").click()
    file = pd.read_csv(download.value.path())
    if purpose == "analysis, no contact":
        assert sorted(file["person_id"]) == sorted(people)
        return
    agreed = site.rows(
        "select customer_id, person_id from core.customers "
        "where has_marketing_consent and not is_held_out"
    )
    may_be_written_to = {customer for customer, person in agreed if person in set(people)}
    assert set(file["customer_id"]) <= may_be_written_to
    # Whoever shares an address with somebody who did not agree is not written to: a few.
    assert len(file) >= 0.9 * len(may_be_written_to)
