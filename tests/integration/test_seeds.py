"""A seed that a person edits is read as it was meant, or its file, line and remedy are named."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.building import Run, copy_of_checkout

HOLIDAYS = "country,local_day,name,kind\n*,2024-12-25,Christmas Day,holiday\n"
RULES = "rule_name,condition_number,column_name,operator,value,value_to\na,1,city,=,Leeds,\n"
METRICS = "metric,kind,measure,window_days,direction\norders_9,mean,orders,9,up\n"
BANDS = "band_kind,band,band_from,band_to\nrecency,all,0,\nfrequency,all,1,\n"
THEMES = "theme,language,words\nprice,en,dear\n"
NO_DAY = "which is no day: write it as YYYY-MM-DD, such as 2024-11-29."


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, warehouse: Run, parsed: Path) -> Run:
    """A project of its own beside a copy of the sample's warehouse, whose seeds it may load."""
    folder = tmp_path_factory.mktemp("seeds")
    run = Run(folder, project=copy_of_checkout(folder / "project"), parsed=parsed)
    shutil.copyfile(warehouse.database, run.database)
    return run


def plant(run: Run, texts: dict[str, str]) -> dict[str, str]:
    """Load seeds with other texts; return what dbt said of each: nothing where it was loaded."""
    files = {seed: run.project / "seeds" / f"{seed}.csv" for seed in texts}
    before = {seed: file.read_bytes() for seed, file in files.items()}
    for seed, text in texts.items():
        files[seed].write_text(text, encoding="utf-8")
    run.dbt("seed", "--select", *texts)
    for seed, content in before.items():
        files[seed].write_bytes(content)
    results = json.loads((run.target / "run_results.json").read_text(encoding="utf-8"))["results"]
    said = {result["unique_id"].rsplit(".", 1)[1]: result for result in results}
    return {
        seed: "" if said[seed]["status"] == "success" else " ".join(said[seed]["message"].split())
        for seed in texts
    }


def loaded(run: Run, seed: str, text: str) -> bool:
    """Whether a seed is loaded with another text."""
    return plant(run, {seed: text}) == {seed: ""}


# A seed, a text of it, and what must be said of that.
REFUSED = [
    (
        "holidays",
        HOLIDAYS.split("\n", 1)[1],
        "seeds/holidays.csv begins with the line '*,2024-12-25,Christmas Day,holiday', and its "
        "rows are read by the place of their columns: its first line must be "
        "country,local_day,name,kind",
    ),
    ("holidays", HOLIDAYS.replace("country,local_day", "local_day,country"), "first line must"),
    ("holidays", HOLIDAYS.replace(",", ";"), "its first line must be country,local_day"),
    # No header, in words that could be one.
    ("channel_names", "seo,organic_search\n", "its first line must be cost_channel,channel"),
    ("rfm_frequency_edges", "1,1\n2,2\n", "its first line must be frequency_score,min_order"),
    *(
        (
            "holidays",
            f"{HOLIDAYS}GB,{day},Sale,promotion\n",
            f"seeds/holidays.csv line 3: local_day is '{day}', {NO_DAY}",
        )
        for day in ("11/12/2024", "2024/12/11", "2024-2-3", "2024-02-30", "2023-02-29", "")
    ),
    # One of two names would stand for the day, and nobody say which.
    (
        "holidays",
        f"{HOLIDAYS}*,2024-12-25,Sale,promotion\n",
        "seeds/holidays.csv line 3: country '*', local_day '2024-12-25' is that of line 2 as",
    ),
    (
        "exchange_rates",
        "base_currency,rate_date,currency,rate\nGBP,05/11/2024,EUR,0.87\n",
        f"seeds/exchange_rates.csv line 2: rate_date is '05/11/2024', {NO_DAY}",
    ),
    *(
        ("profile_rules", f"{RULES}{line}\n", f"seeds/profile_rules.csv line 3: {words}")
        for line, words in (
            ("a,01,city,=,York,", "rule_name 'a', condition_number '01' is that of line 2 as"),
            (",1,city,=,York,", "rule_name is empty, and each line needs one"),
            ("b,,city,=,York,", "condition_number is empty, and each line needs one"),
            ("b,1.5,city,=,York,", "condition_number is '1.5', which is no whole number"),
        )
    ),
    *(
        ("experiment_metrics", f"{METRICS}{line}\n", f"seeds/experiment_metrics.csv line 3: {told}")
        for line, told in (
            ("a,ratio,orders,9,up", "kind is 'ratio', and may be rate, mean: write one of them."),
            ("a,,orders,9,up", "kind is '', and may be rate, mean: write one"),
            ("a,mean,Orders,9,up", "measure is 'Orders', and may be orders, net_sales, visit_days"),
            ("a,mean,orders,9,higher", "direction is 'higher', and may be up, down: write one"),
            ("a,mean,orders,9 days,up", "window_days is '9 days', which is no whole number: write"),
            ("a,mean,orders,9.5,up", "window_days is '9.5', which is no whole number: write"),
            ("a,mean,orders,,up", "window_days is empty, and each line needs one: write it"),
            ("a,mean,orders,0,up", "window_days is '0': write a whole number from 1 on."),
        )
    ),
    (
        "experiment_proposals",
        "proposal,metric,wanted_effect,planned_days\na,orders_9,2%,\n",
        "seeds/experiment_proposals.csv line 2: wanted_effect is '2%', which is no number: "
        "write one with a point, such as 0.02.",
    ),
    *(
        (
            "experiment_proposals",
            f"proposal,metric,wanted_effect,planned_days\na,orders_9,2,{days}\n",
            f"seeds/experiment_proposals.csv line 2: planned_days is '{days}': write a whole "
            "number from 1 on.",
        )
        for days in (0, -5)
    ),
    (
        "value_bands",
        BANDS.replace("all,0,", "all,0,soon"),
        "seeds/value_bands.csv line 2: band_to is 'soon', which is no whole number: write one",
    ),
    (
        "value_bands",
        BANDS.replace("recency", "lately"),
        "seeds/value_bands.csv line 2: band_kind is 'lately', and may be recency, frequency",
    ),
    *(
        ("feedback_themes", f"{THEMES}{line}\n", f"seeds/feedback_themes.csv line 3: {told}")
        for line, told in (
            # Themes of a text stand with a comma between.
            (
                '"gift, wrap",en,wrapping',
                "theme is 'gift, wrap', and a name has letters, digits and _ only: write one, "
                "such as gift_wrap.",
            ),
            ("gift wrap,en,wrapping", "theme is 'gift wrap', and a name has letters"),
            (
                "other,en,wrapping",
                "theme is 'other', a name that is taken for what no line fits: write another",
            ),
            ("Other,en,wrapping", "theme is 'Other', a name that is taken"),
            ("wrap,en,", "words is empty, and each line needs one: write it, or take the line"),
            ('wrap,en," , "', "words is empty, and each line needs one: write it, or take"),
            (",en,wrapping", "theme is empty, and each line needs one"),
        )
    ),
    # Pairs of bands are the rows of a matrix: without one kind it would be empty.
    *(
        (
            "value_bands",
            "\n".join(line for line in BANDS.splitlines() if kind not in line) + "\n",
            f"seeds/value_bands.csv has no line whose band_kind is '{kind}', and needs one",
        )
        for kind in ("recency", "frequency")
    ),
    (
        "value_bands",
        BANDS.splitlines()[0] + "\n",
        "seeds/value_bands.csv has no line whose band_kind is 'recency', and needs one",
    ),
]


def rows(run: Run, seed: str) -> list[tuple[object, ...]]:
    """Return the rows of a seed's table."""
    return run.query(f"from seeds.{seed} order by all")


@pytest.fixture(scope="module")
def told(seeded: Run) -> dict[tuple[str, str], tuple[str, bool]]:
    """Of each seed's text what was said, and whether the rows of before stand.

    Of each seed one text at a time is loaded, of all seeds together.
    """
    texts: dict[str, list[str]] = {}
    for seed, text, _ in REFUSED:
        texts.setdefault(seed, []).append(text)
    found = {}
    for number in range(max(map(len, texts.values()))):
        planted = {seed: some[number] for seed, some in texts.items() if number < len(some)}
        before = {seed: rows(seeded, seed) for seed in planted}
        for seed, said in plant(seeded, planted).items():
            found[seed, planted[seed]] = said, rows(seeded, seed) == before[seed]
    return found


@pytest.mark.parametrize(("seed", "text", "sentence"), REFUSED)
def test_what_could_be_read_otherwise_is_refused(
    told: dict[tuple[str, str], tuple[str, bool]], seed: str, text: str, sentence: str
) -> None:
    """And the rows that stand are not replaced."""
    said, rows_stand = told[seed, text]
    assert sentence in said
    assert rows_stand


def test_days_that_are_days_pass(seeded: Run) -> None:
    """The last of February in a leap year, and a header with a mark before it, as Excel writes."""
    days = ["2024-02-29", "2023-12-31", "2024-11-30"]
    lines = "".join(f"GB,{day},Sale,promotion\n" for day in days)
    assert loaded(seeded, "holidays", "\ufeff" + HOLIDAYS + lines)


def test_rules_with_keys_of_their_own_pass(seeded: Run) -> None:
    """One number in two rules, two in one, and no rule at all."""
    assert loaded(seeded, "profile_rules", RULES.splitlines()[0] + "\n")
    assert seeded.query("select count(*) from seeds.profile_rules") == [(0,)]
    assert loaded(seeded, "profile_rules", RULES + "a,2,city,=,York,\nb,1,city,=,York,\n")


def test_a_proposal_by_no_metric_stops_the_build(seeded: Run) -> None:
    """The sentence names the seed's file, the line and the metric; by one of the seed it builds."""
    model = "int_experiment_proposals__checked"
    proposals = "create or replace table seeds.experiment_proposals as select * replace ({} as "
    proposals += "metric) from seeds.experiment_proposals where proposal = 'smaller_parcels'"
    with duckdb.connect(str(seeded.database)) as con:
        con.execute("create or replace table core.experiments as select 'x' as experiment_id")
        con.execute(proposals.format("'order_rate_9'"))
    assert (
        "seeds/experiment_proposals.csv: the metric order_rate_9 of smaller_parcels is not in "
        "seeds/experiment_metrics.csv: write one that is, or take the line out."
    ) in " ".join(seeded.dbt("run", "--select", model).stdout.split())
    with duckdb.connect(str(seeded.database)) as con:
        con.execute(proposals.format("'orders_90'"))
    done = seeded.dbt("run", "--select", model)
    assert done.returncode == 0, done.stdout
    assert seeded.query(f"select proposal, metric, is_plan from experiments.{model}") == [
        ("smaller_parcels", "orders_90", False)
    ]


def test_metrics_bands_and_themes_of_a_shop_of_its_own_pass(seeded: Run) -> None:
    """Every word, a window of one day, a band without an end, effects either way, a name with _."""
    lines = ("a,rate,visit_days,1,down", "b,mean,net_sales,9,up", "c,mean,minutes,9,up",
             "d,mean,rating,9,up")  # fmt: skip
    assert loaded(seeded, "experiment_metrics", METRICS + "\n".join(lines))
    assert loaded(seeded, "value_bands", BANDS)
    themes = 'gift_wrap,en,wrapping\n包装2,zh,"包装, 盒子"\nothers,en,rest\n'
    assert loaded(seeded, "feedback_themes", THEMES + themes)
    proposals = "proposal,metric,wanted_effect,planned_days\n"
    assert loaded(seeded, "experiment_proposals", f"{proposals}a,b,-.5,\nb,b,2,30\nc,b,2,1\n")
