"""Lists of people that can be used: who they are to the shop, and a file for a stated purpose.

A page says whom it means, in SQL; what is known of them is the same on every page. How consent is
read, and what a file holds: docs/decisions/app/lists-of-people.md.
"""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app import choices, figures, layout
from app.language import language, name_of, say
from app.published import Answer, Published, Value
from app.safety import harmless

ANALYSIS, MARKETING = "analysis", "marketing"
# More rows than anybody writes to at once would only make the server slow.
_FILE_LIMIT = 100_000
# A folder holds names of 255 bytes, and a letter may take four of them.
_NAME_LENGTH = 40

# Whoever is listed is found first: what is known of them is looked up for these alone.
_LISTED = """
with chosen as ({chosen}),

listed as (
    select
        *,
        row_number() over (order by {order}) as place,
        (select count(*) from chosen) as people_count
    from (select * from chosen order by {order} limit {limit})
)"""

# Somebody agreed if every account with a profile did, theirs and whoever shares its address. Who
# is held out of all campaigns is not written to, or nobody could tell what campaigns bring.
_CONSENTS = """,

accounts as (
    select
        person_id, source_name, customer_id, email_person_id, has_profile,
        has_profile and coalesce(has_marketing_consent, false) and not is_held_out as has_agreed
    from core.customers
    where person_id in (select person_id from listed)
),

refused as (
    select distinct email_person_id
    from core.customers
    where has_profile and not coalesce(has_marketing_consent, false)
        and email_person_id in (select email_person_id from accounts)
),

consents as (
    select
        person_id,
        min(customer_id) as customer_id,
        count(*) as account_count,
        bool_and(has_agreed and refused.email_person_id is null) filter (has_profile) as has_agreed
    from accounts
    left join refused on accounts.email_person_id = refused.email_person_id
    group by person_id
)"""

# What is known of a person, by mart: the columns, and how they are found.
_KNOWN = {
    "core.customers": (
        "consents.customer_id, consents.account_count, consents.has_agreed",
        "left join consents on listed.person_id = consents.person_id",
    ),
    "segments.rfm_segments": (
        "rfm.segment, rfm.net_sales::double as net_sales",
        "left join segments.rfm_segments as rfm on listed.person_id = rfm.person_id",
    ),
    # Days of the calendar, as reasons count them; the recency of RFM is in days of 24 hours.
    "retention.purchase_rhythm": (
        "rhythm.days_since_last_order",
        "left join retention.purchase_rhythm as rhythm on listed.person_id = rhythm.person_id",
    ),
    "churn.churn_scores": (
        "scores.churn_probability",
        """left join churn.churn_scores as scores
    on listed.person_id = scores.person_id and scores.is_champion""",
    ),
    "churn.churn_reasons": (
        "reasons.reason_{tongue} as reason",
        """left join churn.churn_reasons as reasons
    on listed.person_id = reasons.person_id and reasons.reason_rank = 1
        and reasons.direction is distinct from 'lowers'""",
    ),
}
# A row for each account, so that the platform finds them all.
_AGREED = (
    "accounts.source_name, accounts.customer_id, consents.has_agreed",
    """inner join consents on listed.person_id = consents.person_id and consents.has_agreed
inner join accounts on listed.person_id = accounts.person_id and accounts.has_agreed""",
)


@dataclass(frozen=True)
class _List:
    """A list: who is on it, in which order, with which columns of its own, in which language.

    A file is made when somebody asks for it, after the page and its language are gone.
    """

    published: Published
    chosen: str
    order: str
    extra: Sequence[str]
    values: Mapping[str, Value]
    tongue: str

    def marts(self) -> list[str]:
        """Return the marts that tell of people, of those that are published."""
        needs = {
            "core.customers": ("is_held_out",),
            "churn.churn_reasons": (f"reason_{self.tongue}", "reason_rank", "direction"),
        }
        return [mart for mart in _KNOWN if self.published.has(mart, *needs.get(mart, ()))]

    def count_agreed(self, limit: int) -> int:
        """Return how many of the first people agreed to be written to."""
        counted = "select count(*) as number from consents where has_agreed"
        found = self._ask(f"{self._found(limit)}{_CONSENTS}\n{counted}")
        return int(found.frame["number"][0])

    def shown(self, limit: int) -> Answer:
        """Return the first people with what is known of each, and how many are on the list."""
        return self._known(limit, _KNOWN, "people_count")

    def known(self, limit: int) -> Answer:
        """Return the first people with what is known of each."""
        return self._known(limit, _KNOWN)

    def agreed(self, limit: int) -> Answer:
        """Return the accounts of those of the first people who agreed to be written to."""
        return self._known(limit, {**_KNOWN, "core.customers": _AGREED})

    def _known(self, limit: int, known: Mapping[str, tuple[str, str]], *more: str) -> Answer:
        marts = self.marts()
        columns = [f"listed.{name}" for name in ("person_id", *self.extra, *more)]
        columns += [known[mart][0].format(tongue=self.tongue) for mart in marts]
        return self._ask(
            self._found(limit)
            + (_CONSENTS if "core.customers" in marts else "")
            + "\nselect\n    "
            + ",\n    ".join(columns)
            + "\nfrom listed\n"
            + "\n".join(known[mart][1] for mart in marts)
            + "\norder by listed.place\n"
        )

    def _found(self, limit: int) -> str:
        order = f"{self.order}, person_id"
        return _LISTED.format(chosen=self.chosen, order=order, limit=limit)

    def _ask(self, sql: str) -> Answer:
        return self.published.ask(sql, **self.values)


def listed(
    key: str,
    published: Published,
    chosen: str,
    *marts: str,
    order: str,
    extra: Sequence[layout.Column] = (),
    limit: int = 25,
    of: str = "",
    **values: Value,
) -> None:
    """Show people with what is known of each, and offer the list as a file for a purpose.

    Args:
        key: the list's name; ``how.<key>`` is its definition.
        published: where everything is read from.
        chosen: SQL that yields each person_id once, and the columns of `order` and `extra`.
        marts: where it reads.
        order: SQL by which the list is sorted; people alike in it by their person_id.
        extra: columns of `chosen` that are shown too.
        limit: how many people are shown; the file has more.
        of: whose list it is, which the file's name says.
        values: what ``$name`` in `chosen` stands for.
    """
    names = [column.name for column in extra]
    names += [column.quoted for column in extra if column.quoted]
    people = _List(published, chosen, order, names, values, language())
    shown = people.shown(limit)
    if shown.frame.empty:
        layout.notice(say("people.nobody"), say("people.nobody_remedy"))
        return
    total = int(shown.frame["people_count"][0])
    held = people.marts()
    columns = list(_columns(held, extra, layout.currency(published)))
    sources = dict.fromkeys((*marts, *held))
    _file(key, _file_name(key, of), people, total, "core.customers" in held)
    layout.table(key, shown, columns, *sources, limit=limit, has_csv=False)
    if total > limit:
        layout.caption(
            say("people.shown_of", shown=figures.count(limit), total=figures.count(total))
        )


def _columns(
    marts: Sequence[str], extra: Sequence[layout.Column], currency: str
) -> Iterator[layout.Column]:
    """Return the columns of a list: the person, how likely they leave, and then the rest."""
    column = layout.Column
    yield column(
        "person_id", say("people.customer"), is_text=True, link=layout.person_link,
        write_row=_name,
    )  # fmt: skip
    if "churn.churn_scores" in marts:
        yield column("churn_probability", say("people.probability"), figures.percent)
    yield from extra
    if "segments.rfm_segments" in marts:
        yield column("segment", say("axis.segment"), lambda v: name_of("segment", v), is_text=True,
                     is_minor=True)  # fmt: skip
    if "retention.purchase_rhythm" in marts:
        yield column(
            "days_since_last_order", say("unit.recency_days"), figures.count, is_minor=True
        )
    if "segments.rfm_segments" in marts:
        yield column("net_sales", say("unit.net_sales", currency=currency), figures.count,
                     is_minor=True)  # fmt: skip
    if "core.customers" in marts:
        yield column(
            "has_agreed", say("people.consent"), lambda v: say("app.yes" if v else "app.no"),
            is_text=True,
        )  # fmt: skip
    if "churn.churn_reasons" in marts:
        yield column("reason", say("people.reason"), is_text=True, is_long=True)


def _name(row: dict[Hashable, Any]) -> str:
    """Return what the platform calls a person: the first of their accounts, and how many more."""
    if "customer_id" not in row:
        return str(row["person_id"])
    if figures.is_nothing(row["customer_id"]):
        is_buyer = str(row["person_id"]).startswith("e:")
        return say("people.guest" if is_buyer else "people.visitor")
    more = int(row["account_count"]) - 1
    return f"{row['customer_id']} +{more}" if more else str(row["customer_id"])


def _file_name(key: str, of: str) -> str:
    """Return what a list's file is called; of words of the data only letters and digits."""
    words = "-".join(re.findall(r"\w+", of))[:_NAME_LENGTH].strip("-")
    return f"{key}-{words}" if words else key


def _file(key: str, name: str, people: _List, total: int, has_consent: bool) -> None:
    """Offer the list as a file once its purpose is said, and say who is not in it."""
    with st.container(key=f"file-{key}", horizontal=True, vertical_alignment="bottom"):
        purpose = choices.maybe(
            say("people.purpose"), [*([MARKETING] if has_consent else []), ANALYSIS],
            write=lambda v: say(f"people.{v}"), key=f"purpose-{key}",
        )  # fmt: skip
        if purpose:
            find = people.agreed if purpose == MARKETING else people.known
            st.download_button(
                say("people.export"),
                # Made when somebody asks for it.
                data=lambda: _csv(find(_FILE_LIMIT).frame, purpose),
                file_name=f"{name}-{purpose}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"export-{key}",
            )
    if not purpose:
        return
    most = min(total, _FILE_LIMIT)
    if purpose == MARKETING:
        left = most - people.count_agreed(_FILE_LIMIT)
        layout.caption(say("people.left_out", left=figures.count(left), total=figures.count(most)))
    else:
        layout.caption(say("people.everybody", total=figures.count(most)))
    if total > most:
        layout.caption(say("people.file_ends", total=figures.count(total)))


def _csv(frame: pd.DataFrame, purpose: str) -> bytes:
    """Return a list as a file; whoever writes to people needs their accounts and nothing more."""
    kept = frame.drop(columns="person_id") if purpose == MARKETING else frame
    return harmless(kept).to_csv(index=False).encode()
