"""Who was erased and must not land again: a list of keyed hashes in the landing folder.

``stayhouse erase`` writes ``_erased.json``. It holds no value of a person: each entry is the
HMAC-SHA256 of a source, a kind and an identifier, under ``STAYHOUSE_PII_KEY`` where that is set,
else under a random salt that lies in the same file (whoever holds the file can then try out ids
that are easy to guess).
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from stayhouse.base.disk import exclusive, put
from stayhouse.base.errors import StayhouseError
from stayhouse.landing.personal import Hasher
from stayhouse.landing.suppression import INSIDE, PIECE, Suppressed, digest

LIST_NAME = "_erased.json"
_CHECK = "this list and this key belong together"


@dataclass(frozen=True)
class SuppressionList:
    """What ``_erased.json`` holds.

    ``salt`` is None where the key protects the list. ``longest`` is the number of pieces (runs of
    letters and digits) of the longest identifier. ``is_finished`` is False from the moment an
    erasure begins until nothing is left to remove. ``digests`` are by source, then by kind.
    """

    salt: str | None
    check: str
    longest: int = 1
    is_finished: bool = True
    digests: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def extended(
        self, source: str, identifiers: Mapping[str, Iterable[str]], key: str | None
    ) -> "SuppressionList":
        """Return a list that also holds identifiers, by kind, of a source.

        Raises:
            StayhouseError: the list was begun with another key.
        """
        secret = self.secret(key)
        kinds = {kind: set(known) for kind, known in self.digests.get(source, {}).items()}
        longest = self.longest
        for kind, values in identifiers.items():
            for value in values:
                kinds.setdefault(kind, set()).add(digest(secret, source, kind, value))
                pieces = list(PIECE.finditer(value))
                if pieces:
                    longest = max(longest, len(pieces))
                    core = value[pieces[0].start() : pieces[-1].end()]
                    kinds.setdefault(INSIDE, set()).add(digest(secret, source, INSIDE, core))
        ordered = {kind: sorted(kinds[kind]) for kind in sorted(kinds)}
        return replace(self, longest=longest, digests={**self.digests, source: ordered})

    def secret(self, key: str | None) -> bytes:
        """Return what the digests are keyed with.

        Raises:
            StayhouseError: the list was made with a key, and this is another one or none.
        """
        secret = bytes.fromhex(self.salt) if self.salt is not None else (key or "").encode()
        if not secret or digest(secret, "", "", _CHECK) != self.check:
            raise StayhouseError(
                f"The list of erased people ({LIST_NAME} in the landing folder) was made with "
                f"{'another' if key else 'a'} STAYHOUSE_PII_KEY: set that one, so that nobody "
                "who was erased comes back."
            )
        return secret

    def of(
        self, source: str, key: str | None, keyed_hash: Hasher | None, learns: bool = False
    ) -> "Suppressed | None":
        """Return what is suppressed in a source, or None where nobody of it was erased.

        Raises:
            StayhouseError: the list was made with another key.
        """
        digests = self.digests.get(source)
        if digests is None:
            return None
        return Suppressed(source, self.secret(key), digests, self.longest, keyed_hash, learns)


def read_list(landing: Path) -> SuppressionList | None:
    """Return the list of a landing folder, or None where nobody was erased yet.

    Raises:
        StayhouseError: the file is damaged.
    """
    path = landing / LIST_NAME
    if not path.exists():
        return None
    try:
        return SuppressionList(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise StayhouseError(
            f"{path} is damaged, and it keeps erased people out: restore it from a backup."
        ) from error


def new_list(key: str | None) -> SuppressionList:
    """Return an empty list, protected by the key where there is one, else by a random salt."""
    salt = None if key else secrets.token_hex(32)
    secret = key.encode() if key else bytes.fromhex(salt or "")
    return SuppressionList(salt, digest(secret, "", "", _CHECK))


def update_list(
    landing: Path, change: Callable[[SuppressionList | None], SuppressionList]
) -> SuppressionList:
    """Read the list, change it and put it in its place, whole; return it.

    A landing and the end of an erasure may both change it.

    Raises:
        StayhouseError: another process is changing it just now, or it is damaged.
    """
    refusal = f"Another process is writing {landing / LIST_NAME}: run the command again."
    with exclusive(landing / f".{LIST_NAME}.lock", refusal):
        changed = change(read_list(landing))
        fresh = landing / f".{LIST_NAME}.new"
        fresh.write_text(json.dumps(asdict(changed), indent=1) + "\n", encoding="utf-8")
        put(fresh, landing / LIST_NAME)
    return changed
