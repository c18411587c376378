"""Makes everybody's lists by what serves. Its numbers stand in the YAML."""

from stayhouse.recommendations import recommend


def model(dbt, session):
    dbt.config(materialized="table")
    items = dbt.ref("int_recommendations__items").df()
    people = dbt.ref("int_recommendations__people").df()
    interactions = dbt.ref("int_recommendations__interactions").df()
    popularity = dbt.ref("int_recommendations__popularity").df()
    neighbours = dbt.ref("int_recommendations__neighbours").df()
    rules = dbt.ref("int_recommendations__rules").df()
    repeats = dbt.ref("int_recommendations__repeats").df()
    evaluation = dbt.ref("ml_recommendation_evaluation").df()
    plan = dbt.config.meta_get("plan")
    return recommend(
        items, people, interactions, popularity, neighbours, rules, repeats, evaluation, plan
    )
