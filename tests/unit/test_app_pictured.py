"""What the pictures of charts say of themselves, and that a page under test is soon gone."""

import sys

import pytest
from streamlit.testing.v1 import AppTest

from app.parts import person_search
from app.pictured import Chosen, Said


def test_a_picture_is_headed_by_its_part_or_before_any_by_its_page() -> None:
    def script() -> None:
        import streamlit as st

        from app import layout, pictured

        layout.title("Funnel")
        st.text(pictured.standing().heading)
        layout.section("Slow pages")
        st.text(pictured.standing().heading)

    test = AppTest.from_function(script).run(timeout=60)
    assert [text.value for text in test.text] == ["Funnel", "Slow pages"]
    # Drawn again, the page begins with its own name, not with its last part's.
    assert [text.value for text in test.run().text] == ["Funnel", "Slow pages"]


def test_a_page_of_the_test_before_is_not_the_program_that_other_processes_begin_with() -> None:
    assert "script" not in vars(sys.modules["__main__"])


def test_a_picture_says_what_was_chosen_for_its_page_section_or_part_and_of_no_other() -> None:
    def script() -> None:
        from types import SimpleNamespace

        import streamlit as st

        from app import choices, layout, pictured
        from app.fragments import by_itself

        def tell(place: str) -> None:
            said = pictured.standing()
            st.text(f"{place}, {said.heading}: {said.chosen('select 1')}")

        @by_itself
        def part_without_section(_: object) -> None:
            choices.one("List", ["first", "last"], key="list")

        @by_itself
        def part(_: object) -> None:
            choices.few("Tier", ["gold", "lead"], key="tier", write=str.upper)
            choices.some("Tags", ["a", "b"], key="tags")
            tell("part")
            layout.section("People")

        layout.title("Value")
        choices.one("Country", ["DE", "SG"], key="country")
        choices.maybe("Kind", ["new"], key="kind")
        layout.section("Tiers")
        choices.one("Month", ["May", "June"], key="month")
        version = SimpleNamespace(is_current=lambda: True)
        part_without_section(version)
        tell("between")
        part(version)
        tell("after")
        layout.section("Moves")
        tell("below")

    test = AppTest.from_function(script).run(timeout=60)
    assert not test.exception
    assert [text.value for text in test.text] == [
        "between, Tiers: Country: DE · Month: May",
        "part, Tiers: Country: DE · Month: May · Tier: GOLD",
        "after, People: Country: DE",
        "below, Moves: Country: DE",
    ]
    test.multiselect(key="tags").select("b").run()
    test.selectbox(key="country").select("SG").run()
    assert [text.value for text in test.text] == [
        "between, Tiers: Country: SG · Month: May",
        "part, Tiers: Country: SG · Month: May · Tier: GOLD · Tags: b",
        "after, People: Country: SG",
        "below, Moves: Country: SG",
    ]


def test_a_picture_says_of_nobody_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person_search, "_found", lambda *_: ["c:shop:7", "c:shop:8"])

    def script() -> None:
        from types import SimpleNamespace

        import streamlit as st

        from app import layout, pictured
        from app.parts import person_search

        layout.title("Customer")
        person = person_search.find(SimpleNamespace(has=lambda *_: False), "customer", print)
        st.text(f"{person} is said as {pictured.standing().chosen('')!r}")

    test = AppTest.from_function(script)
    test.query_params["person"] = "ann@example.org"
    test.run(timeout=60)
    assert not test.exception
    assert [text.value for text in test.text] == ["c:shop:7 is said as ''"]


def test_a_period_is_said_of_a_chart_that_asks_for_it_and_of_no_other() -> None:
    said = Said("Net sales", of_page={"Period": Chosen("May 2025", "2025-05-01")})
    assert said.chosen("where day >= date '2025-05-01'") == "Period: May 2025"
    assert said.chosen("from retention.retention_curves") == ""
