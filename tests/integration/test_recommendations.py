"""Recommendations of the sample, counted once more from core by pandas."""

import re
import shutil
from collections import Counter
from dataclasses import fields
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse

from stayhouse.recommendations import ways
from stayhouse.recommendations.known import Known, Tables
from tests.building import Run
from tests.recommending import nearest

LENGTH, PER_CATEGORY = 10, 3
BOUGHT = """
    select o.person_id, o.order_id, o.ordered_at as at, m.product_id, p.category,
        min(x.effective_at) as cancelled_at
    from core.money_lines as m
    inner join core.orders as o using (source_name, order_id)
    left join core.products as p using (source_name, product_id)
    left join core.money_lines as x
        on o.source_name = x.source_name and o.order_id = x.order_id and x.kind = 'cancellation'
    where m.kind = 'item' and m.product_id is not null and o.is_order
        and o.person_id is not null and o.ordered_at < (select as_of_at from core.clock)
    group by all
"""
DISLIKED = """
    select c.person_id, r.product_id, r.created_at as at
    from core.reviews as r
    inner join core.customers as c using (source_name, customer_id)
    where r.rating <= 2
    union all
    select c.person_id, e.product_id, e.occurred_at
    from core.events as e
    inner join core.customers as c using (source_name, customer_id)
    where e.rating <= 2 and e.product_id is not null and e.occurred_at >= timestamp '2024-08-17'
"""
JUDGED = """
    select recall, hit, people_count
    from recommendations.recommendation_evaluation
    where list_kind = 'discovery' and model_name = 'popular_30d' and people = 'all' and split = ?
"""
# Nothing after the test cut-off stays as it was, but for the clock and who bought anything in it:
# each person's orders are somebody else's, and what else was done never happened.
ANOTHER_FUTURE = """
    create temp table cut as select as_of_at - interval 90 days as cutoff_at from core.clock;
    create temp table buyers as
    select distinct o.person_id
    from core.orders as o
    inner join core.money_lines as m using (source_name, order_id)
    where o.is_order and o.person_id is not null and o.ordered_at >= (from cut)
        and m.kind = 'item' and m.product_id is not null;
    create temp table given as
    select person_id,
        coalesce(
            lead(person_id) over (order by person_id),
            first_value(person_id) over (order by person_id)
        ) as other_id
    from buyers;
    create or replace table core.orders as
    select o.* replace (
        case when o.ordered_at >= (from cut) then coalesce(g.other_id, o.person_id)
            else o.person_id end as person_id
    )
    from core.orders as o left join given as g using (person_id);
    create temp table past_events as from core.events where occurred_at < (from cut);
    drop view core.events;
    create table core.events as from past_events;
    create or replace table core.reviews as
    from core.reviews where created_at < (from cut);
    create or replace table core.money_lines as
    from core.money_lines where kind in ('item', 'discount') or effective_at < (from cut);
"""
RECORD = """
    select model_name, recall, recall_high, coverage, factor_count, is_served
    from recommendations.recommendation_evaluation
    where list_kind = 'discovery' and people = 'all' and split = ?
    order by model_name
"""


@pytest.fixture(scope="module")
def another_future(
    warehouse: Run, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    """The room of a sample in which all that came after the test cut-off is another."""
    run = Run(tmp_path_factory.mktemp("future"), parsed=parsed)
    shutil.copyfile(warehouse.database, run.database)
    with duckdb.connect(str(run.database)) as con:
        con.execute(ANOTHER_FUTURE)
    rooms = ("path:models/recommendations", "path:python_models/recommendations")
    done = run.dbt("run", "--select", *rooms)
    assert done.returncode == 0, done.stdout
    return duckdb.connect(str(run.database), read_only=True)


@pytest.fixture(scope="module")
def con(warehouse: Run) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(warehouse.database), read_only=True)


def tables(con: duckdb.DuckDBPyConnection) -> Tables:
    """What the doors read."""
    read = {
        field.name: con.sql(f"from recommendations.int_recommendations__{field.name}").df()
        for field in fields(Tables)
    }
    return Tables(**read)


@pytest.mark.parametrize(("split", "days"), [("validation", 180), ("test", 90)])
def test_what_popular_products_would_have_hit(
    con: duckdb.DuckDBPyConnection, split: str, days: int
) -> None:
    bought = con.sql(BOUGHT).df()
    disliked = con.sql(DISLIKED).df()
    as_of = con.sql("select as_of_at from core.clock").fetchall()[0][0]
    cut = pd.Timestamp(as_of) - pd.Timedelta(days=days)
    until = cut + pd.Timedelta(days=90)
    before = bought[(bought["at"] < cut) & ~(bought["cancelled_at"] < cut)]
    window = bought[bought["at"].between(cut, until, inclusive="left")]
    window = window[~(window["cancelled_at"] < until)]
    active = before.groupby("person_id")["at"].max() >= cut - pd.Timedelta(days=365)
    recent = before[before["at"] >= cut - pd.Timedelta(days=30)]
    people = recent.groupby("product_id")["person_id"].nunique()
    ranked = sorted(people.index, key=lambda name: (-people[name], name))
    category = dict(zip(bought["product_id"], bought["category"], strict=True))
    bad = disliked[disliked["at"] < cut].groupby("person_id")["product_id"].agg(set)
    recalls, hits = [], []
    for person in active.index[active]:
        own = set(before.loc[before["person_id"] == person, "product_id"])
        new = set(window.loc[window["person_id"] == person, "product_id"]) - own
        if not new:
            continue
        listed: list[str] = []
        held: Counter[str] = Counter()
        for name in ranked:
            out = name in own or name in bad.get(person, set())
            if not out and held[category[name]] < PER_CATEGORY and len(listed) < LENGTH:
                listed.append(name)
                held[category[name]] += 1
        found = len(new & set(listed))
        recalls.append(found / min(len(new), LENGTH))
        hits.append(found > 0)
    recall, hit, people_count = con.execute(JUDGED, [split]).fetchall()[0]
    assert people_count == len(recalls) > 300
    assert recall == pytest.approx(np.mean(recalls), abs=1e-9)
    assert hit == pytest.approx(np.mean(hits), abs=1e-9)


def test_neighbours_are_the_largest_cosines(con: duckdb.DuckDBPyConnection) -> None:
    read = tables(con)
    for cutoff, rows in read.interactions.groupby("cutoff"):
        weights = rows.assign(weight=rows["weight"].astype("float64"))
        weights = weights[weights["weight"] > 0]
        wanted = nearest(weights).set_index(["item_number", "neighbour_number"])["similarity"]
        found = read.neighbours[read.neighbours["cutoff"] == cutoff]
        found = found.set_index(["item_number", "neighbour_number"])["similarity"]
        # Sums of decimals and of floats differ in the last digits, which may turn two that tie.
        both = pd.concat([wanted, found], axis=1, keys=["wanted", "found"])
        assert both.isna().any(axis=1).mean() < 0.01
        assert np.abs(both["wanted"] - both["found"]).max() < 1e-7


# It hands itself a form of matrix that it warns of.
@pytest.mark.filterwarnings("ignore:Method expects CSR input")
def test_neighbours_are_those_of_implicit(warehouse: Run) -> None:
    """Where all people have as many products, how much each of them says does not matter.

    The fixture has no ties among the first 21, of which implicit's keep the product itself.
    """
    people, products, each = 4_000, 40, 8
    draws = np.random.default_rng(7)
    shares = np.arange(products, 0, -1.0)
    shares /= shares.sum()
    rows = np.repeat(np.arange(people), each)
    columns = np.concatenate(
        [draws.choice(products, each, replace=False, p=shares) for _ in range(people)]
    )
    bought = pd.DataFrame(
        {"cutoff": "now", "person_number": rows, "item_number": columns, "weight": 1.0}
    )
    folder = warehouse.target / "compiled" / "stayhouse" / "models" / "recommendations"
    sql = (folder / "int_recommendations__neighbours.sql").read_text("utf-8")
    with duckdb.connect() as con:
        con.register("bought", bought)
        con.execute("""
            create schema recommendations;
            create table recommendations.int_recommendations__interactions as
            select * replace (cast(weight as decimal(9, 6)) as weight) from bought
        """)
        found = con.sql(re.sub(r'"\w+"\.("\w+"\."\w+")', r"\1", sql)).df()
    model = CosineRecommender(K=21, num_threads=1)
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), (people, products))
    model.fit(matrix, show_progress=False)
    for item in range(products):
        near, similarity = model.similar_items(item, N=21)
        assert np.diff(similarity).max() < -1e-7
        own = found[found["item_number"] == item].sort_values("place")
        assert own["neighbour_number"].tolist() == near[1:].tolist()
        assert own["similarity"].tolist() == pytest.approx(similarity[1:].tolist(), abs=1e-7)


def test_scores_of_fifty_people_are_what_sql_adds_up(con: duckdb.DuckDBPyConnection) -> None:
    known = Known.at(tables(con), "now")
    rows = np.arange(0, len(known.people), len(known.people) // 50)[:50]
    scores = ways.item_to_item(known).scores(rows)
    numbers = known.people["person_number"].to_numpy()[rows].tolist()
    added = con.execute(
        """
        select i.person_number, n.neighbour_number, sum(i.weight * n.similarity) as score
        from recommendations.int_recommendations__interactions as i
        inner join recommendations.int_recommendations__neighbours as n
            using (cutoff, item_number)
        where i.cutoff = 'now' and list_contains(?, i.person_number)
        group by all
        """,
        [numbers],
    ).df()
    wanted = np.zeros_like(scores)
    places = [numbers.index(number) for number in added["person_number"]]
    wanted[places, added["neighbour_number"].to_numpy() - 1] = added["score"]
    assert len(rows) == 50
    assert (wanted > 0).sum() > 1000
    assert np.abs(scores - wanted).max() < 1e-9


def test_guides_are_of_categories_that_were_looked_at(con: duckdb.DuckDBPyConnection) -> None:
    """The first guide is of a category of the last 90 days, and was not read in them."""
    wrong = con.sql(
        """
        with looked_at as (
            select distinct c.person_id, p.category
            from core.events as e
            inner join core.customers as c using (source_name, customer_id)
            inner join core.products as p using (source_name, product_id)
            where e.occurred_at >= (select as_of_at - interval 90 days from core.clock)
            union
            select distinct o.person_id, p.category
            from core.orders as o
            inner join core.money_lines as m using (source_name, order_id)
            inner join core.products as p using (source_name, product_id)
            where o.ordered_at >= (select as_of_at - interval 90 days from core.clock)
        ),
        read_by as (
            select distinct c.person_id, split_part(e.page_url, '/', 3) as content_id
            from core.events as e
            inner join core.customers as c using (source_name, customer_id)
            where e.page_url like '/guides/%'
                and e.occurred_at >= (select as_of_at - interval 90 days from core.clock)
                and e.occurred_at < (select as_of_at from core.clock)
        )
        select
            count(*) as guides,
            count(*) filter (l.person_id is null and r.reason_code = 'bought_category') as strange,
            count(*) filter (b.person_id is not null) as read_ones
        from recommendations.content_recommendations as r
        left join looked_at as l
            on r.person_id = l.person_id and r.reason_category = l.category
        left join read_by as b on r.person_id = b.person_id and r.content_id = b.content_id
        """
    ).fetchall()
    guides, strange, read_ones = wrong[0]
    assert guides > 1000
    assert (strange, read_ones) == (0, 0)


def test_what_is_known_at_a_cutoff_does_not_depend_on_what_comes_later(
    con: duckdb.DuckDBPyConnection, another_future: duckdb.DuckDBPyConnection
) -> None:
    for name in ("people", "interactions", "popularity", "neighbours", "rules", "repeats"):
        query = f"""
            from recommendations.int_recommendations__{name} where cutoff <> 'now' order by all
        """
        before, after = con.sql(query).df(), another_future.sql(query).df()
        assert len(before) > 50
        pd.testing.assert_frame_equal(before, after, check_exact=True, obj=name)
    before, after = (c.execute(RECORD, ["validation"]).df() for c in (con, another_future))
    pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_no_way_knows_what_strangers_buy(
    con: duckdb.DuckDBPyConnection, another_future: duckdb.DuckDBPyConnection
) -> None:
    """A record that had seen the test window would stay as good when others buy in it."""
    before, after = (
        c.execute(RECORD, ["test"]).df().set_index("model_name") for c in (con, another_future)
    )
    personal = ["ease", "item_to_item", "svd"]
    leads = (
        record.loc[personal, "recall"] - record.loc["popular_30d", "recall"]
        for record in (before, after)
    )
    known, strange = leads
    assert (known > 0.1).all()
    # What is left is taste that all have in common, learnt over a longer time than 30 days.
    assert (strange < known / 2).all()
