"""What is written of an arm beside its control: which it is, means, effect, interval, chance."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from app import figures, layout
from app.language import say

# Results as they are shown. An arm is named where its plan has several, or a control of another
# name; while a plan runs the interval is that of every look, and one look's chance says nothing.
RESULTS = """
select
    *,
    coalesce(
        count(distinct arm) over (partition by source_name, experiment_id) > 1
        or lower(max(control_arm) over (partition by source_name, experiment_id)) <> 'control',
        false
    ) as is_named,
    case when is_running then sequential_low else effect_low end as shown_low,
    case when is_running then sequential_high else effect_high end as shown_high,
    case when not is_running then p_adjusted end as shown_chance,
    case
        when measure = 'net_sales' and metric_kind = 'mean'
            then (select max(base_currency) from core.clock)
    end as currency
from experiments.experiment_results
""".strip()


def titled(name: str) -> str:
    """Return SQL of a plan's name, with its source where two sources have a plan of that name.

    Args:
        name: the column that holds the name, beside `source_name`.
    """
    least, greatest = (
        f"{function}(source_name) over (partition by {name})" for function in ("min", "max")
    )
    return f"{name} || case when {least} < {greatest} then ' (' || source_name || ')' else '' end"


def pair(row: dict[Any, Any]) -> str:
    """Say which arm stands against which control."""
    arm, control = row["arm"], row["control_arm"]
    if figures.is_nothing(control):
        return str(arm)
    return say("experiments.pair", arm=arm, control=control)


def pair_columns(answer: Any) -> list[layout.Column]:
    """Return the column that says which arms are compared, where a line of the answer needs it."""
    if not answer.frame["is_named"].any():
        return []
    return [layout.Column("arm", say("experiments.which_arms"), write_row=pair, is_long=True)]


def compared_columns(
    name: str,
    label: str,
    write_name: Callable[[dict[Hashable, Any]], str] | None = None,
    pairs: Sequence[layout.Column] = (),
) -> list[layout.Column]:
    """Return the columns of an arm beside its control: a name, both means, the effect, units.

    Args:
        name: the answer's column with what a line is of.
        label: its heading.
        write_name: makes text of the whole row in its place.
        pairs: `pair_columns`, to stand beside it.
    """
    column = layout.Column

    def written(value: str, write: Callable[[Any, dict[Any, Any]], str]) -> Any:
        return lambda row: write(row[value], row)

    return [
        column(name, label, write_row=write_name, is_text=True),
        *pairs,
        column("control_mean", say("experiments.control"),
               write_row=written("control_mean", mean)),
        column("arm_mean", say("experiments.arm"), write_row=written("arm_mean", mean)),
        column("effect", say("experiments.effect"), write_row=written("effect", effect)),
        column("shown_low", say("experiments.low"), write_row=written("shown_low", effect)),
        column("shown_high", say("experiments.high"), write_row=written("shown_high", effect)),
        column("eligible_count", say("experiments.units"), figures.count, is_minor=True),
    ]  # fmt: skip


def chance_column() -> layout.Column:
    """Return the column of the adjusted chance."""
    return layout.Column(
        "shown_chance", say("experiments.p_adjusted"), figures.chance, is_minor=True
    )


def effect(value: Any, row: dict[Any, Any]) -> str:
    """Write a difference with its sign: of shares in points, of sales as money."""
    if figures.is_nothing(value):
        return figures.NOTHING
    text = size(value, row)
    return f"+{text}" if value > 0 else text


def size(value: Any, row: dict[Any, Any]) -> str:
    """Write how large a difference is."""
    if row["metric_kind"] == "rate":
        return say("experiments.points", points=figures.decimal(value * 100, 1))
    return mean(value, row)


def mean(value: Any, row: dict[Any, Any]) -> str:
    """Write the mean of an arm: a share, an amount of money, or a figure without a unit."""
    if row["metric_kind"] == "rate":
        return figures.percent(value)
    if figures.is_nothing(row["currency"]):
        return figures.decimal(value, 2)
    return figures.small_money(value, row["currency"])
