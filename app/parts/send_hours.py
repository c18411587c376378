"""At which hour whom to write to, and of whom that is more than a guess."""

from typing import Any

from app import explain, figures, layout
from app.language import say
from app.published import Published

_HOURS = """
select
    hour_band,
    hour_band = usual_band as is_usual,
    sum(contact_count)::bigint as contact_count,
    sum(open_count) / nullif(sum(contact_count), 0) as open_rate,
    count(*) filter (where best_band = hour_band and not is_shrunk_to_all) as guessed_count,
    count(*) filter (where best_band = hour_band and has_better_band) as claimed_count
from behavior.send_time
group by hour_band, usual_band
order by hour_band
"""

_REASONS = """
select reason, contact_count
from behavior.send_time_left_out
where reason <> 'counted'
order by contact_count desc, reason
"""


def show(published: Published) -> None:
    """List the hours, and what does not count."""
    hours = published.ask(_HOURS)
    reasons = layout.rows(published.ask(_REASONS).frame)
    if hours.frame.empty:
        is_one = any(row["reason"] == "one_hour" for row in reasons)
        what = say("rhythm.one_hour" if is_one else "rhythm.no_messages")
        remedy = "rhythm.one_hour_remedy" if is_one else "rhythm.no_messages_remedy"
        layout.notice(what, say(remedy))
    else:
        rows = layout.rows(hours.frame)
        better = _better(rows)
        if better:
            layout.remark(better)
        elif not hours.frame["claimed_count"].any():
            layout.remark(say("rhythm.no_better_hour"))
        column = layout.Column
        layout.table(
            "rhythm_hours",
            hours,
            [
                column("hour_band", say("rhythm.hour"), lambda v: f"{v}:00"),
                column("contact_count", say("rhythm.messages"), figures.count),
                column("open_rate", say("rhythm.opened"), figures.percent),
                column("guessed_count", say("rhythm.guessed"), figures.count),
                column("claimed_count", say("rhythm.claimed"), figures.count),
            ],
            "behavior.send_time",
            marked="is_usual",
        )
    if reasons:
        said = ", ".join(
            say(f"rhythm.left_{row['reason']}", messages=figures.count(row["contact_count"]))
            for row in reasons
        )
        layout.caption(say("rhythm.left_out", reasons=said))


def _better(rows: list[dict[str, Any]]) -> str:
    """Say which hour suits all better than the usual one beyond chance; empty where none."""
    usual = next((row for row in rows if row["is_usual"]), None)
    if usual is None or len(rows) < 2:
        return ""
    best = max(rows, key=lambda row: (row["open_rate"] or 0, row["is_usual"]))
    hits = [round(row["open_rate"] * row["contact_count"]) for row in (best, usual)]
    trials = [row["contact_count"] for row in (best, usual)]
    pair = (hits[0], trials[0], hits[1], trials[1])
    if best is usual or not explain.differ(*pair, questions=len(rows) - 1):
        return ""
    return say(
        "rhythm.better_hour", hour=best["hour_band"], usual=usual["hour_band"],
        rate=figures.percent(best["open_rate"]), usual_rate=figures.percent(usual["open_rate"]),
    )  # fmt: skip
