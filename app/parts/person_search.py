"""Who is meant by what is typed: a person, an order, a customer's id or an address."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app import choices, layout, pictured
from app.language import say
from app.published import Published
from stayhouse.base import project
from stayhouse.landing import who

# A search looks at buyers and accounts: whoever has neither has nothing to show but visits.
_SEARCH = """
select person_id
from (select person_id from retention.customer_lifecycle where contains(person_id, $text))
order by length(person_id), person_id
limit 50
"""

_IS_SAMPLE = "select 1 from core.clock where is_sample"

_EXISTS = "select 1 from retention.customer_lifecycle where person_id = $person"

_SOME = """
select person_id
from retention.customer_lifecycle
order by active_day_count desc, person_id
limit 5
"""


def choose(published: Published) -> str | None:
    """Ask for a person; return the one who is meant, or say why there is none."""
    return find(published, "customer", partial(_some, published))


def find(published: Published, page: str, propose: Callable[[], None]) -> str | None:
    """Ask a page's visitor for a person; where nothing is typed, propose some."""
    key = f"{page}-text"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get("person", "")
    # The browser is told not to remember what may be an address.
    text = st.text_input(
        say("customer.search"), key=key, placeholder="c:shop:…", autocomplete="off"
    ).strip()
    if not text:
        propose()
        return None
    is_sample = (
        published.has("core.clock", "is_sample") and not published.ask(_IS_SAMPLE).frame.empty
    )
    secret = who.secret(project.pii_key(), is_sample)
    found = _found(published, text, secret)
    if not found:
        _nobody(published, text, secret)
        return None
    if len(found) == 1:
        return found[0]
    count = f"{len(found)}{'+' if len(found) >= 50 else ''}"
    label = say("customer.several", count=count)
    chosen = str(choices.one(label, found, key=f"{page}-found"))
    # A picture is for a slide, and says of nobody who they are.
    pictured.choose(label, "")
    return chosen


def _some(published: Published) -> None:
    layout.notice(say("customer.nobody_chosen"), say("customer.nobody_chosen_remedy"))
    answer = published.ask(_SOME)
    column = layout.Column("person_id", say("customer.for_instance"), is_text=True,
                           link=layout.person_link)  # fmt: skip
    if not answer.frame.empty:
        layout.table("customer_some", answer, [column], "retention.customer_lifecycle")


def _found(published: Published, text: str, key: str | None) -> list[str]:
    """The people that a text means: a whole person_id, else by order, customer, address or part.

    An address is hashed here, and asked for as its hash alone.
    """
    found: list[str] = []
    is_id = not who.is_address(text)
    if is_id and not published.ask(_EXISTS, person=text).frame.empty:
        return [text]
    if _knows_orders(published):
        # One by one, since they are few: a join would make a table of everybody.
        known = published.ask(who.FIND, **who.known(text, key)).frame["person_id"]
        found += [p for p in known if not published.ask(_EXISTS, person=p).frame.empty]
    if is_id:
        found += list(published.ask(_SEARCH, text=text).frame["person_id"])
    return list(dict.fromkeys(found))


def _knows_orders(published: Published) -> bool:
    return all(published.has(mart, *columns) for mart, columns in who.READS.items())


def _nobody(published: Published, text: str, key: str | None) -> None:
    is_known = (
        _knows_orders(published) and not published.ask(who.FIND, **who.known(text, key)).frame.empty
    )
    if is_known:
        layout.notice(say("customer.not_counted"), say("customer.not_counted_remedy"))
    elif not who.is_address(text):
        layout.notice(say("customer.not_found", text=text), say("customer.not_found_remedy"))
    elif key is None:
        layout.notice(say("customer.no_key"), say("customer.no_key_remedy"))
    else:
        layout.notice(say("customer.not_found_address"), say("customer.not_found_address_remedy"))
