"""What the page Recommendations must show after a choice, and what its answer says."""

import re

import pytest

from app.language import say_in
from tests.app.conftest import Site, Visit
from tests.app.test_pages import number

KINDS = {
    say_in("en", f"names.recommendation_list.{kind}"): kind for kind in ("discovery", "buy_again")
}
PEOPLE = {
    say_in("en", f"names.recommendation_people.{kind}"): kind for kind in ("all", "known", "new")
}
TABLES = {"discovery": "recommendations_list", "buy_again": "recommendations_again"}


def the_lists_of(visit: Visit, site: Site, text: str) -> None:
    """The lists of a person are the mart's, with the names of the catalogue, and the mail's too."""
    several = visit.page.locator(".st-key-recommendations-found input")
    typed = visit.page.locator(".st-key-recommendations-text input").input_value()
    person = several.input_value() if several.count() else f"c:{typed.removeprefix('c:')}"
    assert text in person
    listed = site.rows(f"""
        select list_kind, coalesce(name, product_id), may_be_contacted
        from recommendations.product_recommendations
        left join core.products using (source_name, product_id)
        where person_id = '{person}' order by list_kind, list_rank
    """)
    for kind, table in TABLES.items():
        names = [name for held, name, _ in listed if held == kind]
        if names:
            assert [row[0] for row in visit.table(table)] == names
        else:
            assert visit.page.locator(f'table[data-table="{table}"]').count() == 0
    words = visit.words()
    for key, may in (("may_mail", True), ("may_not_mail", False)):
        said = say_in("en", f"recommendations.{key}") in words
        assert said == any(contacted is may for *_, contacted in listed)
    assert (say_in("en", "recommendations.no_list") in words) == (not listed)


def the_neighbours(visit: Visit, site: Site, name: str) -> None:
    """What goes with a product was bought or looked at by as many people as the mart counts."""
    held = site.rows(f"""
        select coalesce(b.name, neighbour_product_id), people_count
        from recommendations.product_neighbours as n
        inner join core.products as a using (source_name, product_id)
        left join core.products as b
            on neighbour_source_name = b.source_name and neighbour_product_id = b.product_id
        where a.name = '{name.replace("'", "''")}' order by neighbour_rank limit 10
    """)
    shown = visit.table("recommendations_neighbours")
    assert [(row[0], int(number(row[2]))) for row in shown] == held
    assert held


def the_ways_to_recommend(visit: Visit, site: Site, _: str) -> None:
    """The record is that of the list and the people that are chosen; the answer is that of all."""
    group = ".st-key-recommendations-{} [aria-checked=true]"
    kind, people = (
        names[visit.page.locator(group.format(key)).inner_text()]
        for key, names in (("list", KINDS), ("people", PEOPLE))
    )
    held = site.rows(f"""
        select model_name, recall, hit, is_served from recommendations.recommendation_evaluation
        where split = 'test' and list_kind = '{kind}' and people = '{people}'
        order by recall desc nulls last, model_name
    """)
    shown = visit.table("recommendations_record")
    assert [row[0] for row in shown] == [
        say_in("en", f"names.recommendation_model.{name}") for name, *_ in held
    ]
    told = [(recall, hit) for _, recall, hit, _ in held if recall is not None]
    for column, place in ((1, 0), (2, 1)):
        figures = [number(row[column]) for row in shown[: len(told)]]
        assert figures == pytest.approx([row[place] for row in told], abs=0.000501)
    bold = visit.page.locator('table[data-table="recommendations_record"] .sh-marked')
    assert bold.count() == sum(served for *_, served in held)
    the_answer(visit, site)


def the_answer(visit: Visit, site: Site) -> None:
    """The share that lists find, and whether any way is ahead of popular products."""
    ((name, recall, popular),) = site.rows("""
        select s.model_name, s.recall, p.recall
        from recommendations.recommendation_evaluation as s
        inner join recommendations.recommendation_evaluation as p using (list_kind, split, people)
        where s.is_served and p.model_name = 'popular_30d' and list_kind = 'discovery'
            and split = 'test' and people = 'all'
    """)
    headline = visit.page.locator(".sh-big").inner_text()
    beside = visit.page.locator(".sh-beside").inner_text()
    is_none = headline == say_in("en", "recommendations.none")
    assert is_none == (name == "popular_30d")
    found = [float(figure) for figure in re.findall(r"([\d.]+)\s?%", beside)]
    assert found == pytest.approx(
        [100 * popular] if is_none else [100 * recall, 100 * popular], abs=0.501
    )
    ((people, contacted),) = site.rows("""
        select count(distinct person_id), count(distinct if(may_be_contacted, person_id, null))
        from recommendations.product_recommendations
    """)
    words = visit.words()
    assert f"With a list: {people:,} people. Of these {contacted:,} may be contacted" in words
