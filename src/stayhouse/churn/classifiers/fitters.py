"""The model comparison: by which function each classifier of the plan learns."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sklearn.dummy import DummyClassifier

from stayhouse.base.errors import StayhouseError
from stayhouse.base.threads import one_thread
from stayhouse.churn.classifiers.given import fit_given
from stayhouse.churn.classifiers.linear import fit_logistic
from stayhouse.churn.classifiers.perceptron import fit_perceptron
from stayhouse.churn.classifiers.trees import fit_boosted, fit_forest
from stayhouse.churn.extras import NETWORKS
from stayhouse.churn.fitted import Fitted
from stayhouse.churn.parts import Part

# From hyper-parameters and labelled rows to what was learned of them.
Fitter = Callable[[Mapping[str, Any], Part], Any]


def _fit_network(kind: str, parameters: Mapping[str, Any], part: Part) -> Any:
    # PyTorch is an extra, and takes a second to import: only who fits a network needs it.
    from stayhouse.churn.classifiers.networks import fit_network

    return fit_network(kind, parameters, part)


FITTERS: dict[str, Fitter] = {
    "recency": fit_logistic,
    "bg_nbd": fit_given,
    "logistic_regression": fit_logistic,
    "random_forest": fit_forest,
    "boosted_trees": fit_boosted,
    "mlp": fit_perceptron,
    **{kind: partial(_fit_network, kind) for kind in NETWORKS},
}

# Made of the others once they are fitted (blend.py).
BLEND = "blend"


def fit_part(classifier: str, parameters: Mapping[str, Any], part: Part) -> Fitted:
    """Fit one classifier on prepared rows, in the order in which they stand.

    Raises:
        StayhouseError: the classifier is unknown.
    """
    check_known(classifier)
    if not part.features:
        # Nothing that it may read was known that early: everybody is as likely as the next.
        prior = DummyClassifier(strategy="prior").fit(part.matrix, part.truth, part.weights)
        return Fitted([], prior)
    with one_thread():
        return Fitted(part.features, FITTERS[classifier](parameters, part))


def check_known(classifier: str) -> None:
    """Raise StayhouseError unless the classifier can be fitted."""
    if classifier not in FITTERS and classifier != BLEND:
        raise StayhouseError(
            f"The plan names the classifier {classifier!r}, which "
            "src/stayhouse/churn/classifiers/fitters.py does not know: add it there or take it off "
            "python_models/churn/train/ml_churn_classifiers.yml."
        )
