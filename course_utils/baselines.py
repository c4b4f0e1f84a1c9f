"""Strong rivals that cost seconds, for the pages that need one and do not teach it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression


def best_logistic_regression(
    inputs: np.ndarray,
    labels: np.ndarray,
    validation_inputs: np.ndarray,
    validation_labels: np.ndarray,
    strengths: Sequence[float] = (0.1, 0.3, 1.0),
) -> "LogisticRegression":
    """Logistic regression on inputs (n, features) and labels (n,), its `C` chosen on the validation examples.

    A larger `C` punishes large weights less. Of equally good ones the first is taken.
    """
    from sklearn.linear_model import LogisticRegression

    candidates = [LogisticRegression(C=strength, max_iter=300).fit(inputs, labels) for strength in strengths]
    return max(candidates, key=lambda candidate: candidate.score(validation_inputs, validation_labels))
