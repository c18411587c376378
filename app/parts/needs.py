"""What needs a person today: a line each, which leads to where it is seen.

A room that finds something to do adds a function that returns its lines.
"""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from app import explain, figures, layout, losses
from app.language import language, name_of, say
from app.parts import open_alerts, open_faults
from app.parts.key_figures import RETENTION, Figures
from app.published import Published

_CHANNELS = """
select
    channel,
    acquisition_month,
    eligible_30d_count::bigint as eligible_count,
    retained_30d_count::bigint as retained_count
from retention.channel_quality
where acquisition_month <= $newest and eligible_30d_count > 0
order by acquisition_month, channel
"""

# Later than any month that is over.
_TODAY = date(9000, 1, 1)


def show(published: Published, known: Figures, currency: str) -> None:
    """Show the list, or say that nothing is on it."""
    found = [
        *_faults(published), *_losses(published), *_voices(published), *_cohort(published),
        *_risk(known, currency),
    ]  # fmt: skip
    if found:
        layout.to_do(found)
    else:
        name = "needs_nothing" if known.risk is not None else "needs_nothing_unscored"
        layout.remark(say(f"overview.{name}"))


def _losses(published: Published) -> Iterator[tuple[str, str, str]]:
    lost = losses.told(published)
    if lost:
        rows = sum(part["rows_lost"] for part in lost)
        yield (
            say("overview.needs_losses", rows=figures.count(rows),
                share=losses.share(max(losses.worst(part) for part in lost))),
            f"quality?lang={language()}",
            say("quality.title"),
        )  # fmt: skip


def _faults(published: Published) -> Iterator[tuple[str, str, str]]:
    for fault in open_faults.open_faults(published):
        yield open_faults.sentence(fault), f"funnel?lang={language()}", say("funnel.title")
    since = open_faults.silences(published)[1]
    if since:
        said = say("funnel.silent_since", days=figures.day(since))
        yield said, f"funnel?lang={language()}", say("funnel.title")


def _voices(published: Published) -> Iterator[tuple[str, str, str]]:
    for alert in open_alerts.open_alerts(published):
        said = say("overview.needs_voices", alert=open_alerts.sentence(alert))
        yield said, f"feedback?lang={language()}", say("feedback.title")


def _cohort(published: Published) -> Iterator[tuple[str, str, str]]:
    """The newest cohort, where fewer came back than of the earlier ones, beyond chance."""
    # Whatever the period: what needs a person is of today.
    frame = published.ask(RETENTION, last=_TODAY).frame
    if len(frame) < 2:
        return
    last, earlier = frame.iloc[-1], frame.iloc[:-1]
    hits, trials = int(earlier["retained_count"].sum()), int(earlier["eligible_count"].sum())
    if last["retention_rate"] >= hits / trials or not explain.differ(
        int(last["retained_count"]), int(last["eligible_count"]), hits, trials
    ):
        return
    sentence = say(
        "overview.needs_cohort", month=figures.month(last["cohort_start"]),
        rate=figures.percent(last["retention_rate"]), before=figures.percent(hits / trials),
    )  # fmt: skip
    yield (
        sentence + _channel_that_moved(published, last["cohort_start"]),
        f"retention?lang={language()}",
        say("retention.title"),
    )


def _risk(known: Figures, currency: str) -> Iterator[tuple[str, str, str]]:
    if known.risk is None:
        return
    row = known.risk.frame.iloc[0]
    if row["high_count"]:
        yield (
            say("overview.needs_risk", people=figures.count(row["high_count"]),
                all=figures.count(row["people_count"]),
                net_sales=figures.money(row["high_net_sales"], currency),
                days=figures.count(row["horizon_days"])),
            f"churn?lang={language()}",
            say("churn.who"),
        )  # fmt: skip


def _channel_that_moved(published: Published, newest: pd.Timestamp) -> str:
    if not published.has("retention.channel_quality"):
        return ""
    frame = published.ask(_CHANNELS, newest=newest.date()).frame
    effects = explain.group_effects(
        _hits(frame[frame["acquisition_month"] < newest]),
        _hits(frame[frame["acquisition_month"] == newest]),
    )
    if not effects:
        return ""
    channel = max(effects, key=lambda name: abs(effects[name]))
    return " " + say(
        "overview.channel_moved",
        channel=name_of("channel", channel),
        points=figures.decimal(effects[channel] * 100, 1),
    )


def _hits(frame: pd.DataFrame) -> dict[str, tuple[int, int]]:
    sums = frame.groupby("channel")[["retained_count", "eligible_count"]].sum()
    return {str(k): (int(v.iloc[0]), int(v.iloc[1])) for k, v in sums.iterrows()}
