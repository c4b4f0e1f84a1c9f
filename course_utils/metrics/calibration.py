"""Whether a model's probabilities can be believed, as lesson 521 works it out by hand."""

import numpy as np


def sure_and_right(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How sure each answer is, the largest probability of its softmax, and whether it is right: both (n,).

    `logits` (n, classes), `labels` (n,) are whole numbers. Raises ValueError for other shapes, or without an answer.
    """
    logits, labels = np.asarray(logits, dtype="float64"), np.asarray(labels)
    if logits.ndim != 2 or labels.shape != (len(logits),) or not len(logits):
        raise ValueError(f"Logits (n, classes) and labels (n,) are needed, not {logits.shape} and {labels.shape}.")
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))  # the largest of a row is 1
    return 1 / powers.sum(axis=1), logits.argmax(axis=1) == labels


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """The mean gap between how sure the answers are and how often they are right (Guo and others, 2017, equation 3).

    `confidence` (n,) lies between 0 and 1, `right` (n,) is true where the answer is right. The bins have equal width; a
    value on an inner edge counts to the bin below. Each bin counts by its share of the answers. Raises ValueError if the
    two differ in length or are empty, or a confidence lies outside 0 to 1.
    """
    confidence, right = np.asarray(confidence, dtype="float64"), np.asarray(right, dtype="float64")
    if confidence.shape != right.shape or confidence.ndim != 1 or not confidence.size:
        raise ValueError(f"One confidence and one verdict an answer, not {confidence.shape} and {right.shape}.")
    if not (0 <= confidence.min() and confidence.max() <= 1):
        raise ValueError(f"Confidences lie between 0 and 1, not {confidence.min():g} and {confidence.max():g}.")
    places = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    gaps = np.bincount(places, weights=confidence - right, minlength=bins)  # of each bin, times its answers
    return float(np.abs(gaps).sum() / len(confidence))


def error_by_chance(confidence: np.ndarray, bins: int = 10, draws: int = 100) -> float:
    """The mean calibration error of answers that are right exactly as often as the confidences (n,) say.

    Right and wrong are drawn by the confidences, `draws` times, the same draws in each call. It is what a calibrated model
    of these confidences shows on n answers. Raises ValueError where `expected_calibration_error` does.
    """
    confidence = np.asarray(confidence, dtype="float64")
    verdicts = np.random.default_rng(0).random((draws, *confidence.shape)) < confidence
    return float(np.mean([expected_calibration_error(confidence, verdict, bins) for verdict in verdicts]))


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The number that logits (n, classes) are divided by for the least cross-entropy on labels (n,), from 0.05 to 20.

    Temperature scaling of Guo and others (2017). As a function of 1 / T the cross-entropy is convex, so it has one valley.
    Raises ValueError if the two differ in length or are empty.
    """
    from scipy.optimize import minimize_scalar  # only here: SciPy comes with scikit-learn

    logits, labels = np.asarray(logits, dtype="float64"), np.asarray(labels)
    if logits.ndim != 2 or labels.shape != (len(logits),) or not len(logits):
        raise ValueError(f"Logits (n, classes) and labels (n,) are needed, not {logits.shape} and {labels.shape}.")

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        of_label = scaled[np.arange(len(labels)), labels]
        return float((np.log(np.exp(scaled).sum(axis=1)) - of_label).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return float(np.exp(found.x))
