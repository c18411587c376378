"""What of the shop's data is in no figure: said on every page, loudly where it is much.

``contents.json`` of the publication tells it by table and reason (``stayhouse.reports.losses``),
and from which share of rows or of money on it is much: the build's var ``rejection_warn_rate``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app import figures, layout
from app.language import language, name_of, say
from app.published import Published

_TABLES, _REASONS = 3, 2


def told(published: Published) -> list[Mapping[str, Any]]:
    """Return what the publication tells of each table that lost something."""
    return list(published.contents().get("losses", []))


def banner(published: Published, is_listed: bool) -> None:
    """Say what was left out of everything below; nothing where nothing was.

    Args:
        published: what is looked at.
        is_listed: the page says it itself, if it is not much.
    """
    losses = told(published)
    if not losses:
        return
    rate = published.setting("rejection_warn_rate")
    link = (f"quality?lang={language()}", say("app.losses_where"))
    loud = [loss for loss in losses if worst(loss) > rate]
    if loud:
        lines = [say("app.losses"), *(line for loss in loud[:_TABLES] for line in _lines(loss))]
        if len(loud) > _TABLES:
            lines.append(say("app.losses_more", count=len(loud) - _TABLES))
        layout.alert(lines, link)
    elif not is_listed:
        text = say(
            "app.losses_few",
            lost=figures.count(sum(loss["rows_lost"] for loss in losses)),
            share=share(max(worst(loss) for loss in losses)),
        )
        layout.beside(text, link)


def worst(loss: Mapping[str, Any]) -> float:
    """Return the largest share that a table lost: of its rows, or of its money in a currency."""
    shares = [loss["row_share"], *(money["amount_share"] for money in loss["money"])]
    return float(max(shares))


def _lines(loss: Mapping[str, Any]) -> Iterator[str]:
    table = f"{loss['source_name']}.{loss['table_name']}"
    yield say(
        "app.losses_of",
        table=table,
        share=share(loss["row_share"]),
        lost=figures.count(loss["rows_lost"]),
        rows=figures.count(loss["rows"]),
    ) + "".join(_money(loss["money"]))
    for reason in loss["reasons"][:_REASONS]:
        words = name_of("rejection", reason["reason_code"])
        count = figures.count(reason["rows"])
        example = reason["example"]
        yield (
            say("app.losses_why", reason=words, count=count)
            if example is None
            else say("app.losses_why_such_as", reason=words, count=count, example=example)
        )


def _money(money: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for part in money:
        if part["amount_lost"]:
            currency = part["currency"] or ""
            yield say(
                "app.losses_money",
                share=share(part["amount_share"]),
                lost=figures.money(part["amount_lost"], currency).strip(),
                all=figures.money(part["amount"], currency).strip(),
            )


def share(value: float) -> str:
    """Write a share so that what is not nothing is not 0.0 %."""
    return "< 0.1 %" if 0 < value < 0.001 else figures.percent(value)
