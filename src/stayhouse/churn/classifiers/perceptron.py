"""A small neural network on the features, stopped by people whom it has not seen."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from stayhouse.churn.evaluate import row_log_loss
from stayhouse.churn.parts import Part
from stayhouse.churn.sampling import person_hashes

# One in ten people is held out, with all cut-offs: scikit-learn's own early stopping holds out
# rows, and the same person at the next cut-off would tell it what it asks.
HELD_OUT_OF = 10
PATIENCE = 5


def fit_perceptron(parameters: Mapping[str, Any], part: Part) -> Pipeline:
    """Fit a multi-layer perceptron; the epoch of the lowest log loss of those held out is kept.

    Args:
        parameters: of scikit-learn's MLPClassifier; `max_iter` is the most epochs.
        part: the rows to learn from.
    """
    options = dict(parameters)
    epochs = int(options.pop("max_iter"))
    scaling = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    matrix = scaling.fit_transform(part.matrix)
    is_held_out = person_hashes(part.rows["person_id"]) % HELD_OUT_OF == 0
    network = MLPClassifier(**options)
    best, best_loss, since = None, np.inf, 0
    learned = matrix[~is_held_out], part.truth[~is_held_out], part.weights[~is_held_out]
    for _ in range(epochs):
        network.partial_fit(*learned, classes=[False, True])
        predicted = network.predict_proba(matrix[is_held_out])[:, 1]
        losses = row_log_loss(part.truth[is_held_out], predicted)
        loss = losses @ part.weights[is_held_out]
        if loss < best_loss:
            best_loss, since = loss, 0
            best = [array.copy() for array in (*network.coefs_, *network.intercepts_)]
        else:
            since += 1
        if since == PATIENCE:
            break
    if best is not None:
        layers = len(network.coefs_)
        network.coefs_, network.intercepts_ = best[:layers], best[layers:]
    # What only further training would need is not stored.
    for name in ("_optimizer", "_random_state"):
        delattr(network, name)
    imputer, scaler = (step for _, step in scaling.steps)
    return make_pipeline(imputer, scaler, network)
