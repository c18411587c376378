"""Takes today's scores apart into what each feature adds to them."""

from stayhouse.churn import explain_today


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("int_churn__to_score").df()
    stored = dbt.ref("ml_churn_classifiers").df()
    champion = dbt.ref("churn_champion").df()
    features = dbt.ref("int_churn__features").df()
    return explain_today(snapshots, stored, champion, features)
