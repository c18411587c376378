"""A control of a part draws that part alone, and the page is of one version all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.app.conftest import Site, Visit

if TYPE_CHECKING:
    from playwright.sync_api import WebSocket


def test_a_control_of_a_part_draws_that_part_alone(visit: Visit) -> None:
    heard = [0]

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(len(frame)))

    visit.page.on("websocket", listen)
    visit.open("retention")
    whole = sum(heard)
    heard.clear()
    visit.choose("retention-first-month", 2)
    part = sum(heard)
    heard.clear()
    visit.choose("retention-activity", 2)
    page = sum(heard)
    visit.page.remove_listener("websocket", listen)
    assert 0 < part < 0.1 * page
    assert page > 0.5 * whole


def test_a_part_of_a_page_is_of_the_version_that_the_rest_is_of(visit: Visit, site: Site) -> None:
    visit.open("retention")
    before = visit.page.inner_text(".sh-footer")
    site.publish()
    visit.choose("retention-first-month", 2)
    visit.page.wait_for_function(
        "before => document.querySelector('.sh-footer').innerText !== before",
        arg=before,
        timeout=15_000,
    )
    visit.wait()
    # What was chosen stands in the page that is drawn anew.
    assert "retention-first-month=" in visit.page.url


def test_a_choice_after_another_theme_draws_the_whole_page_in_it(visit: Visit) -> None:
    visit.open("value")
    inks = "texts => texts.map(text => text.getAttribute('fill'))"
    cells = ".st-key-figure-value_matrix svg .role-mark text"
    light = visit.page.eval_on_selector_all(cells, inks)
    visit.page.get_by_test_id("stMainMenuButton").click()
    visit.page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    visit.page.keyboard.press("Escape")
    # A list of another part than the grid.
    visit.choose("value-tier", 1)
    visit.page.wait_for_function(
        f"before => [...document.querySelectorAll('{cells}')]"
        ".map(text => text.getAttribute('fill')).join() !== before",
        arg=",".join(light),
        timeout=15_000,
    )


def test_a_button_that_is_chosen_stays_chosen_when_it_is_pressed_again(visit: Visit) -> None:
    visit.open("value")
    buttons = visit.page.locator(".st-key-value-horizon button")
    assert buttons.count() > 1
    buttons.nth(1).click()
    visit.wait()
    table = visit.table("value_record")
    buttons.nth(1).click()
    visit.wait()
    assert visit.table("value_record") == table
    buttons.nth(0).click()
    visit.wait()
    assert visit.table("value_record") != table
