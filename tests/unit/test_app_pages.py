"""The app's pages without a browser: when nothing is there, and when a file is added."""

import hashlib
import hmac
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pytest
import yaml
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from app import published, registry, shell, views
from app.registry import all_pages
from tests.app.words import english_sentences
from tests.building import CHECKOUT, PUBLIC_ROOMS

MAIN = str(CHECKOUT / "app" / "main.py")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder in which nothing is published; the pages are read anew."""
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "src" / "stayhouse").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    without_components(monkeypatch)
    registry.all_pages.cache_clear()
    yield tmp_path
    registry.all_pages.cache_clear()


def without_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test look through every installed package for components: the app uses none, and it
    is four fifths of what drawing a page costs.
    """
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)


def put(place: Path, *statements: str) -> None:
    """Put a file where the published one is looked for."""
    path = place / "published" / "stayhouse.duckdb"
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)


@cache
def empty_marts() -> list[str]:
    """Every public mart without a row, as its contract says."""
    statements = [f"create schema {room}" for room in PUBLIC_ROOMS]
    for room in PUBLIC_ROOMS:
        for path in sorted((CHECKOUT / "models" / room).rglob("*.yml")):
            for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
                if not model["name"].startswith(("int_", "ml_")):
                    columns = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in model["columns"])
                    statements.append(f"create table {room}.{model['name']} ({columns})")
    return statements


def shown(name: str, tongue: str = "en", person: str | None = None) -> str:
    """Draw one page, perhaps of one person; return what it shows as text, without tags."""
    test = draw_page(name, tongue, person)
    html = [str(element.proto.body) for element in test.main if element.type == "html"]
    return re.sub(r"<[^>]+>", " ", " ".join(html))


def draw_page(
    name: str, tongue: str = "en", person: str | None = None, address: str = ""
) -> AppTest:
    """Draw one page, perhaps of one person, or with choices in its address."""

    def script(name: str, tongue: str, person: str | None, address: str) -> None:
        from urllib.parse import parse_qsl

        import streamlit as st

        from app import published, shell
        from app.registry import all_pages

        st.session_state["language"] = tongue
        for key, value in parse_qsl(address):
            st.query_params[key] = value
        if person is not None:
            st.query_params["person"] = person
        shell.draw(next(p for p in all_pages() if p.name == name), published.current())

    asked = {"name": name, "tongue": tongue, "person": person, "address": address}
    test = AppTest.from_function(script, kwargs=asked).run(timeout=60)
    assert not test.exception
    return test


def test_without_a_publication_the_app_says_what_to_do(place: Path) -> None:
    test = AppTest.from_file(MAIN).run(timeout=60)
    assert not test.exception
    assert any("make build" in str(e.proto.body) for e in test.main if e.type == "html")


def test_pages_of_empty_marts_say_why_and_what_would_fill_them(place: Path) -> None:
    put(place, *empty_marts())
    pages = registry.pages_of(published.current())
    assert [page.name for page in pages] == [page.name for page in all_pages()]
    for page in pages:
        for tongue in ("en", "zh"):
            text = shown(page.name, tongue)
            assert "sh-error" not in text
            for part in ("empty", "remedy"):
                assert published_words(tongue, f"{page.name}.{part}") in text


def published_words(tongue: str, key: str) -> str:
    """The words of a key, as they stand in HTML without tags: what is to be typed is one."""
    from html import escape

    from app.language import catalogue

    return escape(catalogue(tongue)[key]).replace("`", " ")


def test_whoever_comes_first_finds_every_answer_known(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(place, *empty_marts())
    shell.warm()
    monkeypatch.setattr(duckdb, "connect", None)
    assert published_words("en", "overview.empty") in shown(registry.all_pages()[0].name)


def test_a_start_without_a_publication_is_no_failure(place: Path) -> None:
    shell.warm()


def test_a_room_that_is_not_built_has_no_page(place: Path) -> None:
    put(place, "create schema core", "create table core.data_quality (row_count bigint)")
    assert [page.name for page in registry.pages_of(published.current())] == ["quality"]


def test_what_is_in_no_figure_stands_by_currency_with_an_example(place: Path) -> None:
    put(place, "create schema core", """
        create table core.data_quality as
        select 'shop' as source_name, 'order_lines' as table_name, *, date '2024-01-01' as day
        from (values
            ('accepted', 'accepted', 'GBP', null, 90::bigint, 900.00::decimal(38, 4)),
            ('superseded', 'later_version', 'GBP', null, 6, 60),
            ('rejected', 'invalid_price', 'GBP', '1,249.00', 2, 2498),
            ('rejected', 'invalid_price', 'JPY', '1,300', 1, 1300),
            ('orphaned', 'unknown_order', null, null, 1, 40)
        ) as t(disposition, reason_code, currency, example, row_count, amount)
    """)  # fmt: skip
    for tongue in ("en", "zh"):
        text = shown("quality", tongue)
        assert "sh-error" not in text
        # Two currencies have no sum.
        assert all(part in text for part in ("1,249.00", "2,498.00", "1,300", "40.00", "JPY"))
        assert "3,798" not in text
        # Yen have no hundredths.
        assert "1,300.00" not in text
        # Rejected and orphaned rows are lost alike: 4 of 100; earlier versions are not.
        assert "4.00%" in text.replace(" ", "")
        assert "6.00%" in text.replace(" ", "")


def test_a_page_that_fails_says_so_in_a_sentence(place: Path) -> None:
    put(place, "create schema core", "create table core.data_quality (row_count bigint)",
        "insert into core.data_quality values (1)")  # fmt: skip
    assert "could not be drawn" in shown("quality")


def test_a_shop_that_is_too_young_reads_why_there_is_no_score(place: Path) -> None:
    put(place, *empty_marts(), """
        insert into churn.churn_readiness
            (is_ready, reason_code, buyer_count, required_buyer_count, history_days,
            required_history_days, horizon_days)
        values (false, 'few_buyers', 12, 500, 300, 270, 90)
    """)  # fmt: skip
    text = shown("churn")
    assert (
        "Only 12 customers had bought by the day that the model would be judged on; 500 are needed."
        in text
    )
    assert "12 buyers of the 500" in text


# The codes of churn_readiness; the sentence of a split has the split's name in it.
@pytest.mark.parametrize(
    "code",
    ["short_history", "few_buyers", "no_train_cutoff", "one_sided_train", "one_sided_validation",
     "one_sided_test"],
)  # fmt: skip
def test_why_there_is_no_score_is_said_in_chinese(place: Path, code: str) -> None:
    put(place, *empty_marts(), f"""
        insert into churn.churn_readiness by name
        select false as is_ready, 'An English sentence of the mart.' as reason,
            '{code}' as reason_code, 90 as horizon_days, 12 as buyer_count,
            500 as required_buyer_count, 260 as history_days, 270 as required_history_days
    """)  # fmt: skip
    text = shown("churn", "zh")
    assert "还没有评分" in text
    assert english_sentences(text) == []
    assert code.replace("_", " ") not in text


SCORED = """
    insert into churn.churn_readiness by name
        select true as is_ready, 90 as horizon_days, date '2025-05-14' as as_of_date;
    insert into churn.churn_scores by name
        select 'c:shop:1' as person_id, 'blend' as classifier, 'high' as risk_band,
            90 as horizon_days, .9 as churn_probability, true as is_champion,
            date '2025-05-14' as as_of_date;
    insert into churn.churn_evaluation by name
        select 'blend' as classifier, 'test' as split, .675 as prevalence, .8 as roc_auc,
            .78 as roc_auc_low, .82 as roc_auc_high, 1.4 as lift_10_churn, true as is_champion;
    insert into churn.churn_reasons by name
        select 'c:shop:1' as person_id, '{explained}' as explained_classifier,
            1 as reason_rank, 'A sentence of the mart.' as reason_en, '原因' as reason_zh;
    insert into churn.churn_thresholds by name
        select 'blend' as classifier, rule_name, 90 as horizon_days, 1254 as customer_count,
            selected_count, .7 as threshold, selected_count / 1254 as selected_share,
            .928 as precision, recall, 15316.5 as net_sales, .0959 as net_sales_share,
            true as is_champion, date '2025-02-13' as cut_off_date
        from (values {rules}) as t(rule_name, selected_count, recall)
"""
CAPACITY, PROBABILITY = "('capacity', 125, .137)", "('probability', 615, .626)"
EXPLAINED = {
    "en": "Reasons are those of the logistic regression, since the blend cannot be explained",
    "zh": "因为混合模型无法精确解释",
}


@pytest.mark.parametrize("tongue", ["en", "zh"])
@pytest.mark.parametrize("explained", ["logistic_regression", "blend"])
def test_whose_reasons_are_told_is_said_where_it_is_not_the_champion(
    place: Path, tongue: str, explained: str
) -> None:
    sql = SCORED.format(explained=explained, rules=f"{CAPACITY}, {PROBABILITY}")
    put(place, *empty_marts(), sql)
    text = shown("churn", tongue)
    assert (EXPLAINED[tongue] in text) == (explained != "blend")


@pytest.mark.parametrize(
    ("rules", "said", "unsaid"),
    [
        (
            f"{PROBABILITY}, {CAPACITY}",
            ["as many as you can contact.", "Write to the riskiest 10 % of buyers: of those on",
             "93 % placed no order in the 90 days after, against 68 % of all buyers.",
             "They were 14 % of all who left, and had brought 10 % of net sales."],
            ["begin at a fixed chance", "Write to whoever"],
        ),
        (
            PROBABILITY,
            ["begin at a fixed chance.", "with a probability of 70 % or more: on 13 Feb 2025",
             "that was 49 % of buyers", "They were 63 % of all who left"],
            ["as many as you can contact.", "the riskiest 10 %"],
        ),
        ("('capacity', 0, 0)", ["How long should the list be?"], ["Write to"]),
        ("('capacity', 25, .03)", ["the riskiest 2.0 % of buyers", "They were 3.0 % of"], []),
    ],
    ids=["capacity", "no capacity", "nobody", "few"],
)  # fmt: skip
def test_the_page_says_what_a_list_finds(
    place: Path, rules: str, said: list[str], unsaid: list[str]
) -> None:
    put(place, *empty_marts(), SCORED.format(explained="blend", rules=rules))
    text = shown("churn")
    assert "could not be drawn" not in text
    for words in said:
        assert words in text
    for words in unsaid:
        assert words not in text


RHYTHM = """
    insert into retention.customer_lifecycle by name
        select 'c:shop:1' as person_id, 'current' as lifecycle_state,
            date '2025-05-01' as last_active_day;
    insert into core.customer_days by name
        select 'c:shop:1' as person_id, date '2025-05-01' as local_day, 1 as order_count,
            1 as event_count;
    insert into core.orders by name select 'c:shop:1' as person_id
"""
WRITTEN = {
    "2025-05-14": {"en": "14 May 2025", "zh": "2025年5月14日"},
    "2025-05-13": {"en": "13 May 2025", "zh": "2025年5月13日"},
    "2022-01-30": {"en": "30 Jan 2022", "zh": "2022年1月30日"},
    None: {"en": "–", "zh": "–"},
}
SAID = {"en": "The next order is overdue by {}:", "zh": "下一单已逾期 {}"}


@pytest.mark.parametrize(("tongue", "is_sample"), [("en", True), ("zh", True), ("en", False)])
def test_every_page_of_the_sample_says_that_the_shop_is_invented(
    place: Path, tongue: str, is_sample: bool
) -> None:
    put(place, *empty_marts(), f"""
        insert into core.clock by name
            select timestamp '2025-05-14' as as_of_at, 'Europe/London' as time_zone,
                {is_sample} as is_sample
    """)  # fmt: skip
    for page in all_pages():
        said = published_words(tongue, "app.invented") in shown(page.name, tongue)
        assert said is is_sample


@pytest.mark.parametrize("tongue", SAID)
@pytest.mark.parametrize(
    ("overdue", "day", "days"),
    [
        (0, "2025-05-14", None),
        (1, "2025-05-13", {"en": "1 day", "zh": "1 天"}),
        (1200, "2022-01-30", {"en": "1,200 days", "zh": "1,200 天"}),
        ("null", None, None),
    ],
)
def test_a_person_is_overdue_from_the_day_after_the_interval(
    place: Path, tongue: str, overdue: object, day: str | None, days: dict[str, str] | None
) -> None:
    put(place, *empty_marts(), RHYTHM, f"""
        insert into retention.purchase_rhythm by name
            select 'c:shop:1' as person_id, {overdue} as overdue_days,
                {f"date '{day}'" if day else "null"} as expected_order_day_high
    """)  # fmt: skip
    text = shown("customer", tongue, person="c:shop:1")
    assert WRITTEN[day][tongue] in text
    if days is None:
        assert SAID[tongue].split(" {}")[0] not in text
    else:
        assert SAID[tongue].format(days[tongue]) in text


def test_nobody_without_a_rhythm_is_overdue(place: Path) -> None:
    put(place, *empty_marts(), RHYTHM)
    text = shown("customer", person="c:shop:1")
    assert "active in the last 7 days" in text
    assert "overdue" not in text


@pytest.mark.parametrize("tongue", SAID)
@pytest.mark.parametrize(("person", "is_mailed"), [("e:shop:1", True), ("c:shop:1", False)])
def test_a_buyer_by_e_mail_is_told_as_one(
    place: Path, tongue: str, person: str, is_mailed: bool
) -> None:
    put(place, *empty_marts(), RHYTHM.replace("c:shop:1", person))
    # Found by a part of the id, too.
    for text in (person, person[:3]):
        said = published_words(tongue, "customer.by_mail") in shown("customer", tongue, person=text)
        assert said is is_mailed


KEY = "a secret of the tests, and of no shop at all"
PEOPLE = """
    insert into retention.customer_lifecycle by name
        select person_id, 'current' as lifecycle_state, date '2025-05-01' as last_active_day
        from (values ('c:shop:1'), ('c:shop:1001'), ('e:till:x')) as t(person_id);
    insert into core.orders by name
        from (values ('shop', '#1001', 'c:shop:1', null), ('till', 'T-7', 'e:till:x', '{}'))
            as t(source_name, order_id, person_id, email_person_id);
    insert into core.customers by name
        from (values ('shop', '1', 'c:shop:1'), ('shop', '1001', 'c:shop:1001'))
            as t(source_name, customer_id, person_id)
"""


def email_person_id(source: str, address: str) -> str:
    """As macros/email_person_id.sql, by the standard library alone."""
    digest = hmac.new(KEY.encode(), address.encode(), hashlib.sha256).hexdigest()
    return f"e:{source}:{hashlib.md5(f'person|{source}|{digest}'.encode()).hexdigest()}"


@pytest.mark.parametrize(
    ("typed", "person"),
    [("T-7", "e:till:x"), (" Ann@Example.com ", "e:till:x"), ("1.0", "c:shop:1"),
     ("c:shop:1", "c:shop:1"), ("#1001", "c:shop:1")],
)  # fmt: skip
def test_a_person_is_found_by_what_people_know(
    place: Path, monkeypatch: pytest.MonkeyPatch, typed: str, person: str
) -> None:
    """And no question, answer or address of the page holds an e-mail address."""
    monkeypatch.setenv("STAYHOUSE_PII_KEY", KEY)
    put(place, *empty_marts(), PEOPLE.format(email_person_id("till", "ann@example.com")))
    asked: list[object] = []
    monkeypatch.setattr(
        published.Published, "ask",
        lambda self, sql, _ask=published.Published.ask, **values: (
            asked.append((sql, values)), _ask(self, sql, **values)
        )[1],
    )  # fmt: skip
    text = shown("customer", person=typed)
    assert re.search(rf"\b{person}\b(?!\d)", text)
    assert "ann@example.com" not in (text + str(asked)).lower()


def test_a_number_that_may_be_several_things_is_asked(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAYHOUSE_PII_KEY", raising=False)
    put(place, *empty_marts(), PEOPLE.format(""))
    test = draw_page("customer", person="1001")
    (box,) = [box for box in test.selectbox if box.key == "customer-found"]
    assert box.options == ["c:shop:1001", "c:shop:1"]


@pytest.mark.parametrize(
    ("key", "said"), [(None, "customer.no_key"), (KEY, "customer.not_found_address")]
)
def test_an_unknown_address_is_not_said_back(
    place: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, said: str
) -> None:
    monkeypatch.delenv("STAYHOUSE_PII_KEY", raising=False)
    if key:
        monkeypatch.setenv("STAYHOUSE_PII_KEY", key)
    put(place, *empty_marts(), PEOPLE.format(""))
    for tongue in SAID:
        text = shown("customer", tongue, person="ann@example.com")
        assert published_words(tongue, said) in text
        assert "ann@" not in text


def test_a_page_is_one_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(place, "create schema value", "create table value.lifetimes as select 1 as n")
    folder = place / "more"
    folder.mkdir()
    (folder / "lifetime_value.py").write_text(
        "import streamlit as st\n"
        "from app.registry import Page\n"
        "PAGE = Page('lifetime_value', 50, 'value', ('value.lifetimes',),\n"
        "            lambda published: st.html('here it is'))\n"
    )
    monkeypatch.setattr(views, "__path__", [*views.__path__, str(folder)])
    try:
        assert [page.name for page in registry.pages_of(published.current())] == ["lifetime_value"]
        assert "here it is" in shown("lifetime_value")
    finally:
        sys.modules.pop("app.views.lifetime_value", None)
