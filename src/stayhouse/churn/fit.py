"""Fitting every classifier of the model comparison on labelled snapshots, as a stored table."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.churn import store
from stayhouse.churn.calibrate import Sigmoid, gain, is_more_than_chance, rolling_sigmoid, wins
from stayhouse.churn.classifiers.blend import Blend
from stayhouse.churn.classifiers.directions import DIRECTED, LARGEST_LOSS, directions_of
from stayhouse.churn.classifiers.fitters import BLEND, check_known, fit_part
from stayhouse.churn.design import in_row_order
from stayhouse.churn.evaluate import row_log_loss
from stayhouse.churn.extras import NETWORKS, possible
from stayhouse.churn.fitted import Fitted
from stayhouse.churn.parts import Part, prepare
from stayhouse.churn.plan import Limits, without_these
from stayhouse.churn.rolling import Window, outcome, windows
from stayhouse.churn.search import candidates_of, choose
from stayhouse.churn.sequences import Readable, attach_sequences


def fit_classifiers(
    training: pd.DataFrame,
    features: pd.DataFrame | Sequence[str],
    plan: Mapping[str, Mapping[str, Any]],
    calibration_windows: int = 3,
    limits: Mapping[str, Any] | None = None,
    sequences: pd.DataFrame | Readable | None = None,
    without: Sequence[str] = (),
    available: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Fit every classifier of the plan twice: for validation, and for test and today.

    Hyper-parameters are chosen among the plan's candidates by rolling origin inside the training
    cut-offs, features anew on the rows of each fit. A classifier is calibrated where that wins on
    validation: by a sigmoid that knows only training cut-offs then, and all that have their
    outcome by the test cut-off in the end. Those of `DIRECTED` keep to the directions of features,
    but where that costs more than `LARGEST_LOSS` of log loss on validation: the stored parameters
    hold `directions` only where they are kept.

    Args:
        training: labelled snapshots; columns `person_id`, `cut_off_at`, `horizon_days`, `split`
            (`train` for the first fit, any value for the second; calibration is decided on
            `validation`), `has_churned` and the features. May be empty.
        features: the snapshot columns that classifiers may read: a list, or rows of
            `int_churn__features` with `feature`, `feature_number` and, where known, `direction`.
        plan: hyper-parameters by classifier name. Inside one, `features` narrows its columns and
            `candidates` lists what to choose among, and `calibration_windows` is its own number;
            the blend has `without`, a list of names.
        calibration_windows: how many cut-offs are predicted to fit a sigmoid on; 0 for none. A
            blend of which one member has none is not calibrated either.
        limits: those of the attributes of `Limits` that are not to be its defaults.
        sequences: rows of `features.customer_sequences`, for networks; read only if one is fitted.
        without: features that no classifier reads that does not name them.
        available: labelled rows by split, where not all of them are given; None: all are.

    Returns:
        One row per classifier and stage with the columns of `store.COLUMNS`. A classifier none of
        whose features has a value is left out.

    Raises:
        StayhouseError: the plan names an unknown classifier, a feature is not a column, a direction
            is unknown, or a limit is none (`Limits.of`).
    """
    names = without_these(features, without)
    directions = directions_of(features)
    plan = {classifier: options or {} for classifier, options in plan.items()}
    for classifier in plan:
        check_known(classifier)
    if training.empty:
        return store.as_table([])
    plan = possible(plan)
    reads_sequences = any(name in NETWORKS for name in plan)
    training = attach_sequences(training, sequences if reads_sequences else None)
    counts = Counter(training["split"]) if available is None else available
    data = _Data(in_row_order(training), names, Limits.of(limits), directions, counts)
    trained = {
        name: member
        for name, options in plan.items()
        if name != BLEND and (member := _train(name, options, data, calibration_windows))
    }
    rows = [row for member in trained.values() for row in member.rows]
    if BLEND in plan:
        without = plan[BLEND].get("without", [])
        members = {name: member for name, member in trained.items() if name not in without}
        if members:
            rows += _blend(members, data, calibration_windows)
    return store.as_table(rows)


def fit_classifier(
    classifier: str,
    parameters: Mapping[str, Any],
    features: Sequence[str],
    part: pd.DataFrame,
    limits: Limits | None = None,
) -> Fitted:
    """Fit one classifier on labelled snapshots, in the order in which they stand.

    Args:
        classifier: its name in the plan.
        parameters: its hyper-parameters; of candidates the first one is taken. `features` and
            `max_rows` are meant as in `fit_classifiers`.
        features: the columns that it may read; `choose_features` leaves some out.
        part: snapshots with `person_id`, `cut_off_at`, the features and `has_churned`.
        limits: of which `rows` and `half_life_days` hold here; None: the defaults.

    Raises:
        StayhouseError: the classifier is unknown, or a feature is not a column.
    """
    check_known(classifier)
    limits = limits or Limits()
    options = dict(parameters)
    wanted = options.pop("features", None)
    limit = min(options.pop("max_rows", limits.rows), limits.rows)
    prepared = prepare(
        part,
        wanted or features,
        is_wanted=bool(wanted),
        limit=limit,
        half_life_days=limits.half_life_days,
    )
    return fit_part(classifier, candidates_of(options)[0], prepared)


class _Data:
    """The labelled rows, and what was prepared of them for one classifier and serves the next."""

    def __init__(
        self,
        ordered: pd.DataFrame,
        features: list[str],
        limits: Limits,
        directions: Mapping[str, str],
        available: Mapping[str, int],
    ) -> None:
        self.ordered = ordered
        self.train = ordered[ordered["split"] == "train"]
        self.validation = ordered[ordered["split"] == "validation"]
        self.features = features
        self.limits = limits
        self.directions = directions
        self.available = {"selection": available.get("train", 0), "final": sum(available.values())}
        self._parts: dict[tuple[Any, ...], Part] = {}

    def stage(self, stage: str, wanted: Sequence[str] | None, max_rows: int) -> Part:
        """Return the rows of a stored fit: the training cut-offs, or all for `final`."""
        rows = self.train if stage == "selection" else self.ordered
        return self._prepared(stage, rows, wanted, min(max_rows, self.limits.rows))

    def before(self, window: Window, wanted: Sequence[str] | None) -> Part:
        """Return the rows that were known before a window."""
        return self._prepared(window.cut_off_at, window.known, wanted, self.limits.window_rows)

    def _prepared(
        self, key: Any, rows: pd.DataFrame, wanted: Sequence[str] | None, limit: int
    ) -> Part:
        place = (key, tuple(wanted or ()), limit)
        if place not in self._parts:
            self._parts[place] = prepare(
                rows,
                wanted or self.features,
                is_wanted=wanted is not None,
                limit=limit,
                half_life_days=self.limits.half_life_days,
            )
        return self._parts[place]


@dataclass
class _Trained:
    """A classifier of the comparison: its stored rows, and what it predicted on the way.

    Attributes:
        predict: P(churned) of a window, raw.
        validated: P(churned) of validation by the fit that has not seen it, as served.
        sigmoids: of the two stages; None where it is not calibrated.
        is_rolled: whether it may be asked to predict windows, which costs a fit each.
        rows: what is stored, one of each stage.
    """

    predict: Callable[[Window], np.ndarray]
    validated: np.ndarray
    sigmoids: tuple[Sigmoid | None, Sigmoid | None]
    is_rolled: bool
    rows: list[dict[str, Any]] = field(default_factory=list)


def _train(
    name: str, options: Mapping[str, Any], data: _Data, calibration_windows: int
) -> _Trained | None:
    """Choose, fit and calibrate one classifier; None where it has nothing to read."""
    options = dict(options)
    wanted = options.pop("features", None)
    calibration_windows = options.pop("calibration_windows", calibration_windows)
    max_rows = options.pop("max_rows", data.limits.rows)
    parts = {stage: data.stage(stage, wanted, max_rows) for stage in ("selection", "final")}
    if not all(part.features for part in parts.values()):
        print(f"churn: {name} left out, none of its features has a value", file=sys.stderr)
        return None
    if name in DIRECTED and data.directions:
        options["directions"] = data.directions
    memory: dict[tuple[str, Any], np.ndarray] = {}

    def try_out(parameters: Mapping[str, Any], window: Window) -> np.ndarray:
        key = (json.dumps(parameters, sort_keys=True), window.cut_off_at)
        if key not in memory:
            fitted = fit_part(name, parameters, data.before(window, wanted))
            memory[key] = fitted.probability(window.rows)
        return memory[key]

    folds = windows(data.train, data.limits.search_folds)
    parameters = choose(candidates_of(options), folds, try_out)
    parameters, early_fit = _fit_early(name, parameters, parts["selection"], data.validation)
    fitted = {"selection": early_fit, "final": fit_part(name, parameters, parts["final"])}
    validated = fitted["selection"].probability(data.validation)

    def predict(window: Window) -> np.ndarray:
        return try_out(parameters, window)

    early, late = _sigmoids(data, calibration_windows, predict, validated)
    if early is not None:
        validated = early(validated)
    trained = _Trained(predict, validated, (early, late), calibration_windows > 0)
    for (stage, part), sigmoid in zip(parts.items(), trained.sigmoids, strict=True):
        rows = data.train if stage == "selection" else data.ordered
        notes = store.Notes(
            parameters,
            part.choices,
            rows["cut_off_at"].max(),
            len(part.rows),
            data.available[stage],
        )
        trained.rows.append(store.pack(name, stage, fitted[stage], sigmoid, notes))
        _tell(trained.rows[-1])
    return trained


def _fit_early(
    name: str, parameters: Mapping[str, Any], part: Part, validation: pd.DataFrame
) -> tuple[Mapping[str, Any], Fitted]:
    """Fit for validation; return the parameters too, without directions where these are dear."""
    fitted = fit_part(name, parameters, part)
    if "directions" not in parameters or validation.empty:
        return parameters, fitted
    free = {key: value for key, value in parameters.items() if key != "directions"}
    free_fit = fit_part(name, free, part)
    loss, free_loss = (
        row_log_loss(outcome(validation), fit.probability(validation)).mean()
        for fit in (fitted, free_fit)
    )
    cost = loss - free_loss
    is_dear = cost > LARGEST_LOSS
    print(
        f"churn: {name} {'is left free of' if is_dear else 'keeps'} the directions of features, "
        f"at {cost:+.5f} of log loss on validation",
        file=sys.stderr,
    )
    return (free, free_fit) if is_dear else (parameters, fitted)


def _blend(
    members: Mapping[str, _Trained], data: _Data, calibration_windows: int
) -> list[dict[str, Any]]:
    """Return the stored rows of the blend of these classifiers."""
    blend = Blend(tuple(members))

    def predict(window: Window) -> np.ndarray:
        # As served: a member that is calibrated is so here too, by the sigmoid of its stage.
        is_late = window.cut_off_at > data.train["cut_off_at"].max()
        predicted = {}
        for name, member in members.items():
            sigmoid = member.sigmoids[int(is_late)]
            predicted[name] = member.predict(window)
            if sigmoid is not None:
                predicted[name] = sigmoid(predicted[name])
        return blend.of(predicted)

    validated = blend.of({name: member.validated for name, member in members.items()})
    rows = []
    if not all(member.is_rolled for member in members.values()):
        calibration_windows = 0
    sigmoids = _sigmoids(data, calibration_windows, predict, validated)
    for stage, sigmoid in zip(("selection", "final"), sigmoids, strict=True):
        known = data.train if stage == "selection" else data.ordered
        parameters = {"members": list(members)}
        notes = store.Notes(parameters, (), known["cut_off_at"].max(), 0, data.available[stage])
        rows.append(store.pack(BLEND, stage, Fitted([], blend), sigmoid, notes))
        _tell(rows[-1])
    return rows


def _sigmoids(
    data: _Data,
    calibration_windows: int,
    predict: Callable[[Window], np.ndarray],
    validated: np.ndarray,
) -> tuple[Sigmoid | None, Sigmoid | None]:
    """Return the sigmoids of the two stages; both None where none wins out of time."""
    early = rolling_sigmoid(data.train, calibration_windows, predict)
    if early is None or data.validation.empty:
        return None, None
    truth = outcome(data.validation)
    if not wins(early, validated, truth):
        return None, None
    # One cut-off may be an odd one, as those before Christmas are: what wins there by chance is
    # told by the earlier cut-offs, each with a sigmoid learned from what was known before it.
    gains = [gain(early, validated, truth).mean()]
    for window in windows(data.train, data.train["cut_off_at"].nunique()):
        before = rolling_sigmoid(window.known, calibration_windows, predict)
        if before is not None:
            gains.append(gain(before, predict(window), outcome(window.rows)).mean())
    if not is_more_than_chance(np.array(gains)):
        return None, None
    late = rolling_sigmoid(data.ordered, calibration_windows, predict)
    return (early, late) if late is not None else (None, None)


def _tell(row: Mapping[str, Any]) -> None:
    calibrated = ", calibrated" if row["is_calibrated"] else ""
    parameters = json.loads(row["parameters"])
    parameters.pop("directions", None)
    print(
        f"churn: {row['classifier']} ({row['stage']}) {row['row_count']} of "
        f"{row['available_row_count']} rows{calibrated}, {json.dumps(parameters)}",
        file=sys.stderr,
    )
