"""Takes today's scores apart into what each feature adds to them."""

from stayhouse.churn import explain_in_portions


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("int_churn__to_score")
    stored = dbt.ref("ml_churn_classifiers").df()
    champion = dbt.ref("churn_champion").df()
    features = dbt.ref("int_churn__features").df()
    return explain_in_portions(snapshots, stored, champion, features)
