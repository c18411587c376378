"""Metrics: described, over public marts, joined by tested keys, and safe to add up or not added."""

import re
from collections.abc import Iterator
from typing import Any

from tests.architecture.house import House, Node, schema_name, without_literals

_MEANT_FOR_PEOPLE = ("semantic_models", "metrics", "saved_queries")
_RATES = re.compile(r"_(?:rate|share)$|_per_|^retention_")
# Counts of people who stand in several rows of their mart: of each period, index or cut again.
_SAME_PEOPLE_AGAIN = {"active_count", "cohort_size", "customer_count", "monthly_active_count"}
# Once in each period they came or went in: they add up within one grain, and not over grains.
_ONCE_A_PERIOD = {"new_count", "returning_count", "resurrected_count", "lapsed_count"}
_ONE_GRAIN = re.compile(r"__period_grain'\) }} = '\w+'$")


def metrics_speak_to_people(house: House) -> list[str]:
    """Whoever picks a metric from a list reads its label and its meaning there."""
    found = []
    for kind in _MEANT_FOR_PEOPLE:
        labels: dict[str, str] = {}
        for node in house.manifest[kind].values():
            label = str(node.get("label") or "")
            if not label or not str(node.get("description") or "").strip():
                found.append(f"{_place(node)} has no label or no description: add both.")
            elif label in labels:
                found.append(f"{_place(node)} has the label of {labels[label]}: give it its own.")
            labels[label] = node["name"]
    return found


def metrics_read_public_marts(house: House) -> list[str]:
    """A metric is asked of what was published, which holds public marts only."""
    return [
        f"{_place(semantic)} reads {schema_name(model)}, which is {model['config']['access']} in "
        f"{model['config']['group']}: read a public mart, or publish one."
        for semantic, model in _semantic_models(house)
        if model["config"]["access"] != "public" or model["config"]["group"] == "staging"
    ]


def entities_are_tested_keys(house: House) -> list[str]:
    """One primary entity, of exactly the columns of a tested key, or a join doubles rows."""
    tested = _tested_keys(house)
    found = []
    for semantic, model in _semantic_models(house):
        primary = [entity for entity in semantic["entities"] if entity["type"] == "primary"]
        keys = [
            sorted(_columns(str(entity["expr"] or entity["name"]), model)) for entity in primary
        ]
        lawful = [sorted(columns) for columns in tested.get(model["unique_id"], ())]
        if len(keys) != 1 or keys[0] not in lawful:
            found.append(
                f"{_place(semantic)} has the key {keys}, and tests of {model['name']} say "
                f"{lawful}: give it one primary entity of exactly those columns."
            )
    return found


def sums_are_of_what_adds_up(house: House) -> list[str]:
    """People, rates and means do not add up over rows; who sums them counts twice."""
    found = []
    for semantic, model in _semantic_models(house):
        for measure in semantic["measures"]:
            columns = _columns(str(measure["expr"] or measure["name"]), model)
            wrong = sorted(
                name
                for name in columns
                if name.endswith("_id")
                or name in _SAME_PEOPLE_AGAIN
                or (name in _ONCE_A_PERIOD and not _is_of_one_grain(house, measure["name"]))
                or model["columns"][name]["data_type"] == "double"
                or "_per_" in name
            )
            place = f"{_place(semantic)}: measure {measure['name']}"
            if measure["agg"] == "count_distinct" and not all(c.endswith("_id") for c in columns):
                found.append(f"{place} counts distinct values of no id: count ids, or sum.")
            elif measure["agg"] in ("sum", "count", "sum_boolean") and wrong:
                found.append(
                    f"{place} adds up {', '.join(wrong)}, which does not add up over rows: count "
                    "distinct ids, make the rate a ratio of two sums, or name one period_grain in "
                    "the filter of each metric."
                )
    return found


def rates_are_ratios(house: House) -> list[str]:
    """A rate is divided last: of sums over the same rows, so that no numerator is missing."""
    metrics = {node["name"]: node for node in house.manifest["metrics"].values()}
    measures = {
        measure["name"]: (semantic["name"], measure)
        for semantic, _ in _semantic_models(house)
        for measure in semantic["measures"]
    }
    found = []
    for name, metric in metrics.items():
        parameters = metric["type_params"]
        if metric["type"] == "ratio":
            parts = [metrics[parameters[part]["name"]] for part in ("numerator", "denominator")]
            rows = [
                (measures[part["type_params"]["measure"]["name"]][0], part["filter"])
                for part in parts
            ]
            if rows[0] != rows[1]:
                found.append(
                    f"{_place(metric)} divides {parts[0]['name']} by {parts[1]['name']}, which are "
                    "of other rows: give both the same semantic model and filter, and put the "
                    "condition of the numerator into its measure."
                )
        elif _RATES.search(name):
            read = parameters["measure"]
            if read is None or measures[read["name"]][1]["agg"] != "average":
                found.append(
                    f"{_place(metric)} has the name of a rate and is {metric['type']}: make it a "
                    "ratio of two metrics, or name what it counts."
                )
    return found


def metrics_are_not_filled(house: House) -> list[str]:
    """A period that is filled with 0 reads as one without sales, also where it is not over."""
    return [
        f"{_place(metric)} fills what is missing (join_to_timespine): leave it out, since a filter "
        "on complete periods would then show 0 for those that are not over."
        for metric in house.manifest["metrics"].values()
        for measure in metric["type_params"]["input_measures"]
        if measure["join_to_timespine"] or measure["fill_nulls_with"] is not None
    ]


def _is_of_one_grain(house: House, measure: str) -> bool:
    """Whether every metric of a measure names the grain of its periods, and nothing else."""
    filters = [
        [one["where_sql_template"].strip() for one in (metric["filter"] or {})["where_filters"]]
        if metric["filter"]
        else []
        for metric in house.manifest["metrics"].values()
        if (metric["type_params"]["measure"] or {}).get("name") == measure
    ]
    return bool(filters) and all(len(f) == 1 and _ONE_GRAIN.search(f[0]) for f in filters)


def _semantic_models(house: House) -> Iterator[tuple[Node, Node]]:
    """Each semantic model with the model it is on."""
    for semantic in house.manifest["semantic_models"].values():
        yield semantic, house.manifest["nodes"][semantic["depends_on"]["nodes"][0]]


def _tested_keys(house: House) -> dict[str, list[list[str]]]:
    """Columns of each grain or unique test by the id of the model it is on."""
    tested: dict[str, list[list[str]]] = {}
    for node in house.manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") in ("grain", "unique"):
            given = test["kwargs"]
            columns = given.get("columns") or [given["column_name"]]
            tested.setdefault(node["attached_node"], []).append(list(columns))
    return tested


def _columns(expression: str, model: dict[str, Any]) -> set[str]:
    """The columns of a model that an expression names."""
    return set(re.findall(r"\w+", without_literals(expression))) & set(model["columns"])


def _place(node: Node) -> str:
    return f"{node['original_file_path']}: {node['name']}"


RULES = (
    metrics_speak_to_people,
    metrics_read_public_marts,
    entities_are_tested_keys,
    sums_are_of_what_adds_up,
    rates_are_ratios,
    metrics_are_not_filled,
)
