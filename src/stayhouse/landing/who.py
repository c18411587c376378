"""Who is meant by what a person knows of somebody: an address, an order's number, a customer's id.

An address is hashed with the key as landing does, in memory, before anything is asked: no query,
cache, log or file sees it as it was typed.
"""

import re
import unicodedata

from stayhouse.base.project import DEMO_PII_KEY
from stayhouse.landing.personal import TEXT_SIGN, hasher

# People by what `known` returns. The digest is that of macros/email_person_id.sql. Ids are compared
# plainly, since that takes no time for millions.
FIND = """
with sources as (
    select source_name from core.orders
    union
    select source_name from core.customers
),

addresses as (
    select 'e:' || source_name || ':' || md5(concat_ws('|', 'person', source_name, $digest)) as mail
    from sources
    where $digest is not null
),

addressed as (
    select source_name, person_id from core.orders
    where email_person_id in (select mail from addresses)
    union all
    select source_name, person_id from core.customers
    where email_person_id in (select mail from addresses)
)

select person_id, source_name, 'e-mail address' as found_by
from addressed
union
select person_id, source_name, 'order number'
from core.orders
where order_id in (
    ltrim($id, '#'), ltrim($lower, '#'), ltrim($upper, '#'),
    '#' || ltrim($id, '#'), '#' || ltrim($lower, '#'), '#' || ltrim($upper, '#')
)
union
select person_id, source_name, 'customer id'
from core.customers
where customer_id in ($id, $lower, $upper, $digest)
order by found_by, source_name, person_id
"""
# What the query reads, for who asks whether a file holds it.
READS = {"core.orders": ("email_person_id",), "core.customers": ("email_person_id",)}
_WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))\.0")


def is_address(text: str) -> bool:
    """Return whether a text can only be an e-mail address: no id that lands has such a sign."""
    return "@" in text


def secret(key: str | None, is_sample: bool) -> str | None:
    """Return the key that addresses in the marts were hashed with: that of the sample is public."""
    return DEMO_PII_KEY if is_sample else key


def known(text: str, key: str | None) -> dict[str, str | None]:
    """Return the values of ``FIND`` for what was typed, in the forms in which they land.

    The sign in front of an order's number may be left out or typed, and large letters small ones.

    Args:
        text: an e-mail address, an order's number or a customer's id.
        key: the key that personal values were hashed with, or None: then none is looked for.
    """
    # A source may hash its ids of customers too.
    digest = hasher(key)(text) if key else None
    if is_address(text):
        return {"id": None, "lower": None, "upper": None, "digest": digest}
    stripped = re.sub(TEXT_SIGN, r"\1", unicodedata.normalize("NFC", text.strip()))
    stripped = re.sub(r"^#\s+", "#", stripped)
    whole = _WHOLE.fullmatch(stripped)
    plain = whole[1] if whole else stripped
    return {"id": plain, "lower": plain.lower(), "upper": plain.upper(), "digest": digest}
