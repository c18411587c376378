"""A published shop whose every text is hostile: to a browser, to Markdown and to a spreadsheet."""

import shutil
from pathlib import Path

import duckdb

# What a customer may call themselves. The address is of no machine (RFC 6761).
HOSTILE = (
    '=HYPERLINK("http://hostile.invalid/f")![x](http://hostile.invalid/m.png)'
    '<img src="http://hostile.invalid/i.png" onerror="alert(1)">*b*`c`$d$ '
)
# Text that is of our making and not of the data: pages choose rows by it.
CODES = frozenset(
    {
        "baseline_split", "buyer_kind", "check_code", "classifier", "clock_kind", "cohort_grain",
        "compared_split", "curve", "cut_id", "cut_kind", "definition", "direction", "disposition",
        "drift_band", "explained_classifier", "family", "feature", "feature_family", "feature_unit",
        "follow_kind", "forecaster", "from_tier", "grain", "level", "lifecycle_state", "list_kind",
        "margin_source", "measure", "metric_kind", "model_name", "model_used", "outcome", "people",
        "period_grain", "plan_kind", "reason_code", "return_kind", "risk_band", "rule_name",
        "segment", "segment_kind", "sentiment", "slice", "split", "stage", "start_kind", "subject",
        "subject_kind", "text_kind", "time_zone", "to_tier", "value_tier", "verdict_code",
        "withheld_reason",
    }
)  # fmt: skip


def poison(path: Path) -> set[str]:
    """Put a hostile text before every text of a published file; return the columns, by name.

    One text stays one text, so what was joined by it still is.
    """
    poisoned = set()
    # Beside it and then in its place: on a busy machine the app is still reading it.
    made = path.with_suffix(".made")
    shutil.copyfile(path, made)
    with duckdb.connect(str(made)) as con:
        columns = con.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type = 'VARCHAR'"
        ).fetchall()
        for room, mart, column in columns:
            if column not in CODES:
                poisoned.add(column)
                con.execute(f'update "{room}"."{mart}" set "{column}" = ? || "{column}"', [HOSTILE])
    made.replace(path)
    return poisoned
