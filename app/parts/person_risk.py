"""How likely a person leaves, what raises and lowers that, and what each classifier says."""

from app import figures, layout
from app.language import language, name_of, say
from app.published import Published

_SCORES = """
select classifier, churn_probability, risk_band, is_champion, horizon_days
from churn.churn_scores
where person_id = $person
order by is_champion desc, classifier
"""

_REASONS = """
select
    reason_rank, reason_{tongue} as reason, family,
    coalesce(direction, '') as direction, contribution, explained_classifier
from churn.churn_reasons
where person_id = $person
order by reason_rank
"""

# How much a reason moves the odds, from which on it is called so: 1.28 and 1.65 times.
_SOME, _STRONG = 0.25, 0.5
# A bar is full where the odds are moved 2.7 times.
_FULL = 1.0


def show(published: Published, person: str) -> None:
    """Show a person's chance of leaving with its reasons, or say that there is no score."""
    scores = published.ask(_SCORES, person=person)
    layout.section(say("customer.churn"))
    if scores.frame.empty:
        layout.notice(say("customer.no_score"), say("customer.no_score_remedy"))
        return
    first = layout.rows(scores.frame)[0]
    layout.headline(
        figures.percent(first["churn_probability"]),
        say(
            "customer.chance",
            days=figures.count(first["horizon_days"]),
            band=name_of("band", first["risk_band"]),
        ),
        "",
    )
    if published.has("churn.churn_reasons", f"reason_{language()}"):
        _reasons(published, person, str(first["classifier"]))
    with layout.folded("customer-classifiers", say("customer.classifiers")):
        column = layout.Column
        layout.table(
            "customer_scores",
            scores,
            [
                column("classifier", say("axis.classifier"), lambda v: name_of("classifier", v),
                       is_text=True),
                column("churn_probability", say("people.probability"), figures.percent),
                column("risk_band", say("axis.band"), lambda v: name_of("band", v), is_text=True),
            ],
            "churn.churn_scores",
            marked="is_champion",
        )  # fmt: skip


def _reasons(published: Published, person: str, champion: str) -> None:
    answer = published.ask(_REASONS.format(tongue=language()), person=person)
    if answer.frame.empty:
        return
    explained = str(answer.frame["explained_classifier"][0])
    if explained != champion:
        layout.caption(
            say(
                "customer.explained",
                explained=name_of("classifier", explained),
                champion=name_of("classifier", champion),
            )
        )
    column = layout.Column
    layout.table(
        "customer_reasons",
        answer,
        [
            column("reason", say("axis.reason"), is_text=True, is_long=True),
            column("contribution", say("customer.moves"), is_text=True, bar=_length,
                   write_row=lambda row: moves(row["direction"], row["contribution"])),
        ],
        "churn.churn_reasons",
    )  # fmt: skip


def moves(direction: str, contribution: float | None) -> str:
    """Say which way a reason moves the chance of leaving, and how much."""
    if direction not in ("raises", "lowers") or contribution is None:
        return figures.NOTHING
    size = abs(contribution)
    much = "strongly" if size >= _STRONG else "somewhat" if size >= _SOME else "little"
    return say(f"customer.{direction}_{much}")


def _length(contribution: float) -> float:
    """Return how long a reason's bar is, and which way it goes: 1 is full, and raises."""
    return max(-1.0, min(contribution / _FULL, 1.0))
