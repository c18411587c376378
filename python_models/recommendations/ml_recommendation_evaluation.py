"""Judges each way to recommend by what people then bought. Its numbers stand in the YAML."""

from stayhouse.recommendations import evaluate


def model(dbt, session):
    dbt.config(materialized="table")
    items = dbt.ref("int_recommendations__items").df()
    people = dbt.ref("int_recommendations__people").df()
    interactions = dbt.ref("int_recommendations__interactions").df()
    popularity = dbt.ref("int_recommendations__popularity").df()
    neighbours = dbt.ref("int_recommendations__neighbours").df()
    rules = dbt.ref("int_recommendations__rules").df()
    repeats = dbt.ref("int_recommendations__repeats").df()
    later = dbt.ref("int_recommendations__later").df()
    plan = dbt.config.meta_get("plan")
    clock = dbt.ref("clock").df()
    return evaluate(
        items, people, interactions, popularity, neighbours, rules, repeats, later, plan, clock
    )
