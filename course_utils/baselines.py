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


def through_pca(images: np.ndarray, train: np.ndarray, numbers: int) -> np.ndarray:
    """Images (n, ...) squeezed into a linear code of so many numbers and restored: principal component analysis.

    The directions are fitted to `train` (m, ...). Of all linear codes of that length this one has the least squared error
    there. Raises ValueError unless 1 <= numbers <= the smaller one of m and the number of pixels.
    """
    from sklearn.decomposition import PCA

    pca = PCA(numbers, svd_solver="covariance_eigh").fit(np.reshape(train, (len(train), -1)))
    code = pca.transform(np.reshape(images, (len(images), -1)))  # (n, numbers)
    return pca.inverse_transform(code).reshape(np.shape(images))


def linear_restorer(
    spoil: Callable[[np.ndarray], np.ndarray], train: np.ndarray, copies: int = 5, strength: float = 100.0
) -> Callable[[np.ndarray], np.ndarray]:
    """A function from spoiled images (n, ...) to restored ones: each pixel a weighted sum of all, within the range of `train`.

    Ridge regression, with the weight `strength` on the squares of the weights, fitted to so many copies of `train`
    (m, ...) as `spoil` makes of them.
    """
    from sklearn.linear_model import Ridge

    clean = np.tile(np.reshape(train, (len(train), -1)), (copies, 1))
    spoiled = spoil(clean.reshape(-1, *np.shape(train)[1:])).reshape(len(clean), -1)
    fitted = Ridge(alpha=strength).fit(spoiled, clean)

    def restore(images: np.ndarray) -> np.ndarray:
        rows = fitted.predict(np.reshape(images, (len(images), -1)))
        return rows.clip(clean.min(), clean.max()).reshape(np.shape(images))

    return restore


def mean_of_similar(images: np.ndarray, train: np.ndarray, spread: float) -> np.ndarray:
    """For each image (n, ...) a mean of the training images (m, ...), in which like ones count most.

    A training image at the Euclidean distance d weighs exp(-d^2 / (2 spread^2)), divided by the sum of all these weights.
    If the clean images were the training images, equally often, and the noise normal with the standard deviation
    `spread`, this would be the mean of the clean image, given the noisy one: the best guess by squared error. Raises
    ValueError unless spread is positive.
    """
    from scipy.spatial.distance import cdist
    from scipy.special import softmax

    if not spread > 0:
        raise ValueError(f"spread must be positive, not {spread}.")
    rows = np.reshape(train, (len(train), -1))
    squares = cdist(np.reshape(images, (len(images), -1)), rows, "sqeuclidean")  # (n, m)
    weights = softmax(-squares / (2 * spread**2), axis=1)
    return (weights @ rows).reshape(np.shape(images))
