"""Tells the language and the sentiment of each text. Its numbers stand in the YAML."""

from stayhouse.feedback import judge_texts_anew


def model(dbt, session):
    dbt.config(materialized="table")
    texts = dbt.ref("int_feedback__written").df()
    words = dbt.ref("feedback_words").df()
    emoji = dbt.ref("feedback_emoji").df()
    themes = dbt.ref("feedback_themes").df()
    plan = dbt.config.meta_get("plan")
    before = dbt.this
    return judge_texts_anew(texts, words, emoji, themes, plan, before, session)
