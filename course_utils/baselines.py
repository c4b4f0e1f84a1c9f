"""Strong rivals that cost seconds, for the pages that need one and do not teach it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.datasets.dataset import Split

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression


def best_logistic_regression(
    train: Split, validation: Split, strengths: Sequence[float] = (0.1, 0.3, 1.0)
) -> "LogisticRegression":
    """Logistic regression fitted on `train`, its `C` chosen on `validation`: parts of a data set with classes as targets.

    Inputs (n, ...) are read as rows of numbers, (n, features); `predict` of the result wants such rows. A larger `C`
    punishes large weights less. Of equally good ones the first is taken.
    """
    from sklearn.linear_model import LogisticRegression

    rows = np.reshape(train.inputs, (len(train.inputs), -1))
    validation_rows = np.reshape(validation.inputs, (len(validation.inputs), -1))
    candidates = [LogisticRegression(C=strength, max_iter=300).fit(rows, train.targets) for strength in strengths]
    return max(candidates, key=lambda candidate: candidate.score(validation_rows, validation.targets))


def best_support_vectors(
    train: Split, validation: Split, strengths: Sequence[float] = (1.0, 10.0, 100.0)
) -> Callable[[np.ndarray], np.ndarray]:
    """Support vector machines, one for each class against the others, their `C` chosen on `validation`.

    A function from inputs (n, ...) to margins (n, classes), the largest for the answer. Margins are no probabilities, and
    need a temperature of their own to be taken for logits. Of equally good ones the first is taken.
    """
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    def rows(inputs: np.ndarray) -> np.ndarray:
        return np.reshape(inputs, (len(inputs), -1))

    candidates = [OneVsRestClassifier(SVC(C=strength)).fit(rows(train.inputs), train.targets) for strength in strengths]
    validation_rows = rows(validation.inputs)
    best = max(candidates, key=lambda candidate: candidate.score(validation_rows, validation.targets))
    return lambda inputs: best.decision_function(rows(inputs))
