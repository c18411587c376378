"""The ways in which a control is used: each option, each tag, each fold, each card."""

from collections.abc import Iterator

from tests.app.conftest import Visit
from tests.app.test_pages import someone


def each_option(visit: Visit, key: str) -> Iterator[str]:
    """Choose each option of a list, and then the first one again."""
    texts = visit.options(key)
    yield texts[0]
    for option in range(1, len(texts)):
        yield visit.choose(key, option)
    yield visit.choose(key, 0)


def two_options(visit: Visit, key: str) -> Iterator[str]:
    """Choose one option of many of a kind, and then the first one again."""
    middle = len(visit.options(key)) // 2
    for option in (middle, 0):
        yield visit.choose(key, option)


def each_tag(visit: Visit, key: str) -> Iterator[str]:
    """Take away what is chosen, which means all, and then choose each option by itself."""
    for option in range(-1, 3):
        clear = visit.page.locator(f".st-key-{key}").get_by_label("Clear all")
        if clear.count():
            clear.click()
            visit.wait()
        yield "" if option < 0 else visit.choose(key, option)
        visit.page.keyboard.press("Escape")


def each_button(visit: Visit, key: str) -> Iterator[str]:
    """Press each of a row of buttons, or of a few round ones, and then the first one again."""
    group = visit.page.locator(f".st-key-{key}")
    texts = group.locator("button, label:has(input)").all_inner_texts()
    for text in (*texts, texts[0]):
        group.get_by_text(text, exact=True).click()
        visit.wait()
        yield text


def each_search(visit: Visit, key: str) -> Iterator[str]:
    """Type the whole name of a person, a part of one, and a part of several."""
    person = someone(visit.site)
    for text in (person, person[2:], person[2:-1]):
        visit.page.locator(f".st-key-{key} input").fill(text)
        visit.page.keyboard.press("Enter")
        visit.wait()
        yield text


def each_fold(visit: Visit, key: str) -> Iterator[str]:
    """Fold what is folded up open, closed and open again."""
    fold = visit.page.locator(f".st-key-{key} summary")
    assert not visit.page.locator(f".st-key-{key} table").is_visible()
    details = fold.locator("xpath=..")
    for state in ("open", "closed", "open again"):
        # Streamlit opens and closes in motion: a click before its end may turn it round, and a
        # page that is drawn again meanwhile may bring the fold back as it was at first.
        if details.evaluate("fold => fold.open") == (state == "closed"):
            fold.click()
        visit.wait()
        details.evaluate(
            "fold => Promise.all(fold.getAnimations({subtree: true}).map(move => move.finished))"
        )
        yield state


def each_span(visit: Visit, key: str) -> Iterator[str]:
    """Move the first of the days by one, and look elsewhere."""
    visit.page.locator(f".st-key-{key} [role=spinbutton]").nth(2).focus()
    visit.page.keyboard.press("ArrowUp")
    visit.page.locator("h1").click()
    visit.page.wait_for_timeout(500)
    visit.wait()
    # The clock stands on 14 May: the last 28 days are what one's own begin with.
    yield "17 Apr 2025 – 13 May 2025"


def each_card(visit: Visit, key: str) -> Iterator[str]:
    """Open each figure of a row by a click, and close it again."""
    for card in visit.page.locator(f".st-key-{key} details").all():
        card.locator("summary").click()
        yield card.locator("p").inner_text()
        card.locator("summary").click()
