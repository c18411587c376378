"""Proposes themes for texts that have none; its numbers stand in the YAML."""

from stayhouse.feedback import propose_themes


def model(dbt, session):
    dbt.config(materialized="table")
    texts = dbt.ref("int_feedback__written").df()
    judged = dbt.ref("ml_feedback_texts").df()
    search = dbt.config.meta_get("search")
    return propose_themes(texts, judged, search)
