"""How a fitted classifier becomes bytes and comes back: one encoder and decoder a format.

`json` holds plain numbers that any language reads, `skops` scikit-learn's own estimators of a fixed
list of types, `safetensors` the weights of networks. Nothing here runs what the bytes say: no
pickle. An estimator names its format in an attribute `store_format`; those of scikit-learn, which
have none, are `skops`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

import skops.io

from stayhouse.churn.classifiers.blend import Blend
from stayhouse.churn.classifiers.given import GivenProbability
from stayhouse.churn.classifiers.linear import LinearModel
from stayhouse.churn.extras import has_networks
from stayhouse.churn.fitted import Fitted, RefusedError

# The types beyond skops' own that a stored classifier may hold. Anything else is refused before
# it runs; a new kind of classifier adds its types here, by name, on purpose.
TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)

# Kinds of classifiers whose numbers are written out.
_IN_JSON: dict[str, Any] = {kind.kind: kind for kind in (LinearModel, GivenProbability, Blend)}


@dataclass(frozen=True)
class Format:
    """How one format is written and read.

    Attributes:
        encode: from a classifier and the two numbers of its sigmoid (None: none) to bytes.
        decode: back again; raises RefusedError for what it does not trust.
        libraries: the packages whose version the bytes may depend on.
    """

    encode: Callable[[Fitted, list[float] | None], bytes]
    decode: Callable[[bytes], tuple[Fitted, list[float] | None]]
    libraries: tuple[str, ...] = ()


def format_of(fitted: Fitted) -> str:
    """Return the name of the format in which a classifier is stored."""
    return str(getattr(fitted.estimator, "store_format", "skops"))


def _to_json(fitted: Fitted, sigmoid: list[float] | None) -> bytes:
    content = {
        "kind": fitted.estimator.kind,
        "features": fitted.features,
        "sigmoid": sigmoid,
        "model": fitted.estimator.to_numbers(),
    }
    return json.dumps(content, allow_nan=False).encode()


def _from_json(payload: bytes) -> tuple[Fitted, list[float] | None]:
    try:
        content = json.loads(payload)
        kind = _IN_JSON.get(content["kind"])
        if kind is None:
            raise RefusedError(f"is of the kind {content['kind']!r}, which is not known")
        return Fitted(content["features"], kind.from_numbers(content["model"])), content["sigmoid"]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError("is not the JSON that a classifier is stored as") from error


def _to_skops(fitted: Fitted, sigmoid: list[float] | None) -> bytes:
    content = {"estimator": fitted.estimator, "features": fitted.features, "sigmoid": sigmoid}
    return bytes(skops.io.dumps(content))


def _from_skops(payload: bytes) -> tuple[Fitted, list[float] | None]:
    try:
        foreign = sorted(set(skops.io.get_untrusted_types(data=payload)) - set(TRUSTED_TYPES))
        if foreign:
            raise RefusedError(f"holds the type {foreign[0]}, which is not trusted")
        content = skops.io.loads(payload, trusted=list(TRUSTED_TYPES))
        return Fitted(content["features"], content["estimator"]), content["sigmoid"]
    except (BadZipFile, ValueError, KeyError, TypeError) as error:
        raise RefusedError("is not what skops writes for a classifier") from error


def _to_safetensors(fitted: Fitted, sigmoid: list[float] | None) -> bytes:
    from stayhouse.churn.classifiers.networks import encode_network

    return encode_network(fitted.estimator, {"sigmoid": sigmoid})


def _from_safetensors(payload: bytes) -> tuple[Fitted, list[float] | None]:
    if not has_networks():
        raise RefusedError("is a network, and PyTorch is not installed here (`make deep` adds it)")
    from stayhouse.churn.classifiers.networks import decode_network

    network, notes = decode_network(payload)
    return Fitted(network.features, network), notes.get("sigmoid")


FORMATS = {
    "json": Format(_to_json, _from_json),
    "skops": Format(_to_skops, _from_skops, ("numpy", "scikit-learn", "skops")),
    "safetensors": Format(_to_safetensors, _from_safetensors, ("safetensors", "torch")),
}
