"""What the pictures of charts are headed with, and that a page under test is soon gone."""

import sys

from streamlit.testing.v1 import AppTest


def test_a_picture_is_headed_by_its_part_or_before_any_by_its_page() -> None:
    def script() -> None:
        import streamlit as st

        from app import layout

        layout.title("Funnel")
        st.text(layout.heading())
        layout.section("Slow pages")
        st.text(layout.heading())

    test = AppTest.from_function(script).run(timeout=60)
    assert [text.value for text in test.text] == ["Funnel", "Slow pages"]
    # Drawn again, the page begins with its own name, not with its last part's.
    assert [text.value for text in test.run().text] == ["Funnel", "Slow pages"]


def test_a_page_of_the_test_before_is_not_the_program_that_other_processes_begin_with() -> None:
    assert "script" not in vars(sys.modules["__main__"])
