"""Clusters as cards: what kinds of customer the shop has, and how sure that is."""

from collections.abc import Callable, Hashable
from typing import Any

import pandas as pd

from app import choices, figures, layout, people
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Answer, Published
from stayhouse.base.warehouse import identifier, literal

_PROFILE = """
select
    cluster_name, measure, people_count, mean_value, mean_of_all, share_above_all,
    abs(centroid) as apartness
from segments.cluster_profile
where people_count > 0
order by people_count desc, cluster_name, apartness desc, measure
"""

# A column a cluster; one `pivot` would do, but is two statements to DuckDB.
_MEASURES = """
select
    measure, any_value(mean_of_all) as mean_of_all,
    {clusters}
from segments.cluster_profile
where people_count > 0
group by measure
order by measure
"""

_STABILITY = """
select k, people_count, silhouette, bootstrap_ari, is_stable, reason_code
from segments.cluster_stability
where is_chosen or reason_code is not null
"""

_PEOPLE = """
select
    clusters.person_id, is_borderline, coalesce(rfm.net_sales, 0) as brought
from segments.customer_clusters as clusters
left join segments.rfm_segments as rfm on clusters.person_id = rfm.person_id
where cluster_name = $cluster
"""

# On a card: the measures that set a cluster apart most.
_TOLD = 3
_SHOWN = 12
# Between people of a cluster and those of the next, by the silhouette (Kaufman and Rousseeuw,
# Finding Groups in Data, 1990, table 4).
_APART, _WEAK = 0.5, 0.25


@by_itself
def show(published: Published, currency: str) -> None:
    """Show each cluster beside all customers, or say why there is none."""
    layout.section(say("segments.clusters"), say("segments.clusters_note"))
    stability = layout.rows(published.ask(_STABILITY).frame)
    profile = published.ask(_PROFILE)
    if not stability or profile.frame.empty:
        reason = (stability[0]["reason_code"] if stability else None) or "too_few_people"
        layout.notice(say(f"segments.{reason}"), say(f"segments.{reason}_remedy"))
        return
    frame = profile.frame
    names = list(dict.fromkeys(frame["cluster_name"]))
    total = int(frame.drop_duplicates("cluster_name")["people_count"].sum())
    layout.cards(_card(frame[frame["cluster_name"] == name], total, currency) for name in names)
    layout.remark(_sure(stability[0]))
    clusters = ",\n    ".join(
        f"max(case when cluster_name = {literal(name)} then mean_value end) as {identifier(name)}"
        for name in names
    )
    _table(published.ask(_MEASURES.format(clusters=clusters)), names, currency)
    chosen = choices.one(
        say("segments.choose_cluster"), names, key="segments-cluster", write=_name
    )  # fmt: skip
    column = layout.Column
    people.listed(
        "segments_cluster_people", published, _PEOPLE, "segments.customer_clusters",
        order="brought desc", limit=_SHOWN, of=chosen, cluster=chosen,
        extra=[column("is_borderline", say("segments.borderline"),
                      lambda v: say("app.yes" if v else "app.no"), is_text=True, is_minor=True)],
    )  # fmt: skip


def _name(cluster: str) -> str:
    """Return a cluster's name in the reader's language, trait by trait."""
    return say("segments.and").join(name_of("trait", trait) for trait in cluster.split(", "))


def _card(rows: pd.DataFrame, total: int, currency: str) -> tuple[str, str, str]:
    first = rows.iloc[0]
    told = [
        say(
            "segments.against", measure=name_of("measure", row["measure"]),
            value=_writer(row["measure"], currency)(row["mean_value"]),
            all=_writer(row["measure"], currency)(row["mean_of_all"]),
        )
        for row in rows.head(_TOLD).to_dict("records")
    ]  # fmt: skip
    size = say(
        "segments.people", people=figures.people(first["people_count"]),
        share=figures.percent(first["people_count"] / total),
    )  # fmt: skip
    return size, _name(str(first["cluster_name"])), "; ".join(told)


def _writer(measure: str, currency: str) -> Callable[[Any], str]:
    if measure in {"net_sales", "mean_order_value"}:
        return lambda value: figures.small_money(value, currency)
    if measure == "coupon_share":
        return figures.percent
    return lambda value: figures.decimal(value, 1)


def _sure(row: dict[str, Any]) -> str:
    """Say in words how clear the clusters are, and whether others would be found next time."""
    clear = row["silhouette"]
    how = "apart" if clear >= _APART else "touch" if clear >= _WEAK else "blur"
    sure = "stable" if row["is_stable"] else "unstable"
    return say(
        f"segments.{sure}", agreement=figures.percent(row["bootstrap_ari"], 0),
        clear=say(f"segments.clusters_{how}"),
    )  # fmt: skip


def _table(answer: Answer, names: list[str], currency: str) -> None:
    """Show every measure of every cluster, one row a measure."""

    def written(name: str) -> Callable[[dict[Hashable, Any]], str]:
        return lambda row: _writer(str(row["measure"]), currency)(row[name])

    column = layout.Column
    layout.table(
        "segments_clusters",
        answer,
        [
            column("measure", say("segments.measure"), lambda v: name_of("measure", v),
                   is_text=True),
            column("mean_of_all", say("segments.all"), write_row=written("mean_of_all")),
            *(column(name, _name(name), write_row=written(name)) for name in names),
        ],
        "segments.cluster_profile",
    )  # fmt: skip
