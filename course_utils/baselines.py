"""Strong rivals that cost seconds, for the pages that need one and do not teach it."""

import lzma
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.datasets.dataset import Dataset, Split

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


def direction_by_regression(
    data: Dataset, view: Callable[[np.ndarray], np.ndarray], frames: int | slice = slice(None)
) -> float:
    """How often logistic regression names the direction of a test clip, 0 to 1, from what `view` makes of some frames.

    `view` gets films (n, frames, 32, 32), of one frame (n, 32, 32), and returns numbers (n, ...). It is fitted on at most
    2000 training clips, its strength chosen on the validation clips.
    """
    train, validation, test = (
        Split(view(part.clips[:2000, frames, ..., 0]), part.directions[:2000])
        for part in (data.train, data.validation, data.test)
    )
    model = best_logistic_regression(train, validation, (0.001, 0.01, 0.1))
    return float(model.score(test.inputs.reshape(len(test.inputs), -1), test.targets))


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


class InkDetector:
    """A detector without a convolution: each connected piece of ink is a candidate, a small dense network names it.

    A pixel is ink if it is darker than a level; `levels` are tried one after the other, and a piece must be at least
    eight rows high. Each piece is resized to 16 x 16. The network, one hidden layer of 200 units, knows a class more
    than there are: nothing, for the pieces of training images that overlap no object by half.
    """

    def __init__(self, levels: Sequence[float] = (0.5,), classes: int = 10, seed: int = 0) -> None:
        self.levels, self.classes, self.seed = tuple(levels), classes, seed

    def pieces(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """An image (height, width, 1) -> boxes (n, 4) of its pieces of ink, level after level, and the pieces (n, 256)."""
        from scipy import ndimage

        boxes, pieces = [], []
        for level in self.levels:
            numbered, _ = ndimage.label(image[..., 0] > level, structure=np.ones((3, 3)))
            for rows, columns in ndimage.find_objects(numbered):
                if rows.stop - rows.start >= 8:
                    piece = image[rows, columns, 0]
                    size = 16 / np.array(piece.shape)
                    pieces.append(ndimage.zoom(piece, size, order=1, mode="nearest", grid_mode=True).reshape(256))
                    boxes.append((columns.start, rows.start, columns.stop, rows.stop))
        return np.array(boxes, dtype="float64").reshape(-1, 4), np.array(pieces).reshape(-1, 256)

    def recall(self, images: np.ndarray, true_boxes: Sequence[np.ndarray]) -> float:
        """The share of the objects in the images that a piece overlaps by half or more: more than that it cannot find."""
        from course_utils.metrics import box_iou  # only here: it brings TensorFlow

        fits = [
            box_iou(boxes, self.pieces(image)[0]).max(axis=1, initial=0) for image, boxes in zip(images, true_boxes)
        ]
        return float(np.mean(np.concatenate(fits) >= 0.5))

    def fit(
        self, images: np.ndarray, true_boxes: Sequence[np.ndarray], true_classes: Sequence[np.ndarray]
    ) -> "InkDetector":
        """Learn from images (n, height, width, 1) with their boxes (k, 4) and classes (k,); returns the detector itself."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        from course_utils.metrics import box_iou  # only here: it brings TensorFlow

        rows, answers = [], []
        for image, here, labels in zip(images, true_boxes, true_classes):
            boxes, pieces = self.pieces(image)
            for piece, overlaps in zip(pieces, box_iou(boxes, here)):
                rows.append(piece)
                answers.append(labels[overlaps.argmax()] if overlaps.max() >= 0.5 else self.classes)
        network = MLPClassifier((200,), alpha=0.01, batch_size=128, max_iter=20, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # twenty epochs are enough here
            self.network = network.fit(np.array(rows), answers)
        return self

    def detect(self, images: np.ndarray, drop_nothing: bool = False) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Of each image (height, width, 1): boxes (n, 4), scores (n,) and classes (n,), of each piece the likeliest class.

        A piece that is most likely nothing is named too, by the likeliest of the classes, unless `drop_nothing`.
        """
        found = [self.pieces(image) for image in images]
        if drop_nothing:
            found = [self._without_nothing(*scene) for scene in found]
        return [self._answers(*scene) for scene in found]

    def _without_nothing(self, boxes: np.ndarray, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not len(boxes):
            return boxes, pieces
        named = self.network.predict(pieces) != self.classes
        return boxes[named], pieces[named]

    def _answers(self, boxes: np.ndarray, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if not len(boxes):
            return boxes, np.zeros(0), np.zeros(0, dtype="int64")
        chances = self.network.predict_proba(pieces)[:, : self.classes]
        return boxes, chances.max(axis=1), chances.argmax(axis=1)


class PatchClassifier:
    """Names each pixel by itself, from the square of pixels around it: a dense network with one hidden layer of 64 units.

    It learns from `count` pixels, half of them of the ground (class 0), and corrects its probabilities for that choice.
    `size` is the side of the square, an odd number of pixels.
    """

    def __init__(self, size: int = 15, count: int = 40_000, seed: int = 0) -> None:
        self.size, self.count, self.seed = size, count, seed

    def fit(self, images: np.ndarray, labels: np.ndarray) -> "PatchClassifier":
        """Learn from images (n, height, width, 1) with the classes of their pixels (n, height, width); returns itself."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        random = np.random.default_rng(self.seed)
        places = []
        for chosen in (np.flatnonzero(labels == 0), np.flatnonzero(labels)):
            places.append(random.choice(chosen, min(self.count // 2, len(chosen)), replace=False))
        places = np.concatenate(places)
        scene, row, column = np.unravel_index(places, labels.shape)
        windows = self._windows(images)[scene, row, column]  # only the chosen ones are copied
        answers = labels.reshape(-1)[places]
        network = MLPClassifier((64,), alpha=0.01, batch_size=256, max_iter=10, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # ten epochs are enough here
            self.network = network.fit(windows.reshape(len(places), -1), answers)
        share = np.array([np.mean(labels == label) for label in network.classes_])
        drawn = np.array([np.mean(answers == label) for label in network.classes_])
        self.correction = share / drawn
        return self

    def predict(self, images: np.ndarray) -> np.ndarray:
        """The classes of the pixels of images (n, height, width, 1): (n, height, width)."""
        labels = np.zeros(images.shape[:3], dtype="int64")
        for scene, windows in zip(labels, self._windows(images)):
            chances = self.network.predict_proba(windows.reshape(scene.size, -1)) * self.correction
            scene[:] = self.network.classes_[chances.argmax(axis=1)].reshape(scene.shape)
        return labels

    def _windows(self, images: np.ndarray) -> np.ndarray:
        """The square around each pixel, (n, height, width, size, size), a view of the images with their border repeated."""
        border = self.size // 2
        padded = np.pad(images[..., 0], ((0, 0), (border, border), (border, border)), mode="edge")
        return np.lib.stride_tricks.sliding_window_view(padded, (self.size, self.size), axis=(1, 2))


def through_pca(images: np.ndarray, train: np.ndarray, numbers: int) -> np.ndarray:
    """Images (n, ...) squeezed into a linear code of so many numbers and restored: principal component analysis.

    The directions are fitted to `train` (m, ...). Of all linear codes of that length this one has the least squared error
    there; what is restored is cut to the range of `train`. Raises ValueError unless 1 <= numbers <= the smaller one of m and the number of pixels.
    """
    from sklearn.decomposition import PCA

    pca = PCA(numbers, svd_solver="covariance_eigh").fit(np.reshape(train, (len(train), -1)))
    code = pca.transform(np.reshape(images, (len(images), -1)))  # (n, numbers)
    return np.clip(pca.inverse_transform(code), np.min(train), np.max(train)).reshape(np.shape(images))


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


def linear_denoiser(train: np.ndarray, kept: np.ndarray) -> Callable[[np.ndarray, int], np.ndarray]:
    """A function (noisy images (n, ...), step) -> the clean ones: of all weighted sums of the pixels the best guess.

    What is noisy is share^0.5 * clean + (1 - share)^0.5 * normal noise, with the step's share in `kept`. The weights follow
    from mean and covariance of `train` (m, ...): no other linear guess has a smaller squared error there. It is cut to
    the range of `train`.
    """
    rows = np.reshape(train, (len(train), -1)).astype("float64")
    mean, covariance = rows.mean(axis=0), np.atleast_2d(np.cov(rows.T))

    def restore(noisy: np.ndarray, step: int) -> np.ndarray:
        share = kept[step]
        of_noisy = share * covariance + (1 - share) * np.eye(len(mean))
        weights = np.sqrt(share) * np.linalg.solve(of_noisy, covariance)
        guess = mean + (np.reshape(noisy, (len(noisy), -1)) - np.sqrt(share) * mean) @ weights
        return guess.clip(rows.min(), rows.max()).reshape(np.shape(noisy))

    return restore


def xz_bits_per_letter(text: str, after: str) -> float:
    """How many bits more a letter the compressor `xz` stores, at its strongest, when a text of plain ASCII is added after another."""
    sizes = [len(lzma.compress(part.encode("ascii"), preset=9 | lzma.PRESET_EXTREME)) for part in (after, after + text)]
    return 8 * (sizes[1] - sizes[0]) / len(text)
