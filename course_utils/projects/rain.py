"""Brief "rain": will it rain within the next six hours?"""

from collections.abc import Callable

import numpy as np

from course_utils.datasets import Split, load_weather, weather_features
from course_utils.datasets.weather import HourlySeries, fill_from_the_past
from course_utils.projects.events import aside, tell
from course_utils.projects.sealed import Project, Sealed

PAST_HOURS, FUTURE_HOURS, STEP = 24, 6, 2  # hours known, hours asked about, hours from one example to the next
WET = 0.1  # mm an hour
FEATURES = (
    "temperature", "dew point", "pressure", "wind from east", "wind from north", "sine of the hour",
    "cosine of the hour", "humidity", "rain", "visibility",
)  # fmt: skip
_HUMIDITY_RAIN_VISIBILITY = [2, 5, 7]


def load() -> Project:
    """Windows of 24 hours, inputs (n, 24, 10) float32, and whether it rains within the six hours after, targets (n,) 0 or 1.

    The ten features are standardised with the mean and spread of the training part; rain (mm) as its logarithm. A gap
    holds the last reading. The parts follow each other in time: January to August, to mid October, to December.
    `details` holds `features`, and for each part the `airports` (n,) and the `hours` (n,) datetime64, the last hour known.
    """
    weather = load_weather()
    windows = {name: _windows(getattr(weather, name)) for name in ("train", "validation", "test")}
    known = windows["train"][0]
    mean, spread = known.mean(axis=(0, 1), dtype="float64"), known.std(axis=(0, 1), dtype="float64")
    details = {"features": FEATURES, "airports": {}, "hours": {}}
    parts = {}
    for name, (inputs, targets, airports, hours) in windows.items():
        part = Sealed if name == "test" else Split
        parts[name] = part(((inputs - mean) / spread).astype("float32"), targets)
        details["airports"][name], details["hours"][name] = airports, hours
    tell("loaded", brief="rain")
    return Project(**parts, details=details)


def summaries(inputs: np.ndarray) -> np.ndarray:
    """What an experienced reader notes of each window (n, 24, 10): numbers (n, 50).

    The last hour, the change within three and within twelve hours, the mean of six and of all hours.
    """
    last = inputs[:, -1]
    changes = [last - inputs[:, -4], last - inputs[:, -13]]
    return np.concatenate([last, *changes, inputs[:, -6:].mean(axis=1), inputs.mean(axis=1)], axis=1)


def baseline(project: Project) -> Callable[[np.ndarray], np.ndarray]:
    """Logistic regression on `summaries`, its `C` chosen on validation: a function from inputs to probabilities (n,)."""
    from sklearn.linear_model import LogisticRegression

    rows, validation_rows = summaries(project.train.inputs), summaries(project.validation.inputs)
    strengths = (0.01, 0.1, 1.0)
    with aside():
        candidates = [LogisticRegression(C=one, max_iter=2000).fit(rows, project.train.targets) for one in strengths]
    best = max(
        candidates, key=lambda one: _precision(project.validation.targets, one.decision_function(validation_rows))
    )

    def answer(inputs: np.ndarray) -> np.ndarray:
        tell("baseline", brief="rain", asked=inputs)
        return best.predict_proba(summaries(inputs))[:, 1]

    return answer


def score(targets: np.ndarray, answers: np.ndarray) -> float:
    """Average precision of answers (n,), larger where rain is likelier, for targets (n,) 0 or 1. Larger is better.

    Whoever says the same of all windows gets the share of wet ones. Raises ValueError for another number of answers.
    """
    if np.shape(targets) != np.shape(answers):
        raise ValueError(f"The answers have the shape {np.shape(answers)}; {np.shape(targets)} was expected.")
    tell("measured", brief="rain", targets=targets, answers=answers)
    return _precision(targets, answers)


def _precision(targets: np.ndarray, answers: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(targets, answers))


def _windows(part: HourlySeries) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Inputs (n, 24, 10), targets (n,), airports (n,) and last hours (n,) of one part, airport by airport."""
    others = _HUMIDITY_RAIN_VISIBILITY
    more = fill_from_the_past(part.values[:, :, others], part.missing[:, :, others])
    more[:, :, 1] = np.log1p(10 * more[:, :, 1])
    features = np.concatenate([weather_features(part), more], axis=2)  # (airport, hour, 10)
    wet = (part.values[:, :, 5] >= WET) & ~part.missing[:, :, 5]
    starts = np.arange(0, len(part.hours) - PAST_HOURS - FUTURE_HOURS + 1, STEP)
    past = starts[:, np.newaxis] + np.arange(PAST_HOURS)  # (window, hour)
    future = starts[:, np.newaxis] + PAST_HOURS + np.arange(FUTURE_HOURS)
    airports = len(features)
    inputs = features[:, past].reshape(-1, PAST_HOURS, len(FEATURES))
    targets = wet[:, future].any(axis=2).ravel().astype("int64")
    hours = np.tile(part.hours[starts + PAST_HOURS - 1], airports)
    return inputs, targets, np.repeat(np.arange(airports), len(starts)), hours
