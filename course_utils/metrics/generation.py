"""How far a set of generated examples is from a set of real ones, and how much of its variety it has."""

from collections.abc import Callable

import numpy as np


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """The Fréchet distance of the normal distributions fitted to two sets of vectors (n, features) and (m, features).

    |m1 - m2|^2 + trace(C1 + C2 - 2 (C1 C2)^(1/2)), with the means m and the covariances C of the two sets (Heusel et al.,
    2017). 0 means equal mean and covariance, not equal sets. The trace of the root is the sum of the roots of the
    eigenvalues of C1 C2, which are real and not negative; rounding may say otherwise and is cut off. Small sets make the
    distance too large: compare sets of equal size. Raises ValueError for other shapes, fewer than two vectors or NaN.
    """
    first, second = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise ValueError(f"Two sets of vectors (n, features) are needed, not shapes {first.shape} and {second.shape}.")
    if min(len(first), len(second)) < 2:
        raise ValueError(f"Each set needs at least two vectors, not {len(first)} and {len(second)}.")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("The vectors hold NaN or infinite values.")
    means = first.mean(axis=0) - second.mean(axis=0)
    covariances = [np.atleast_2d(np.cov(vectors, rowvar=False)) for vectors in (first, second)]
    roots = np.sqrt(np.linalg.eigvals(covariances[0] @ covariances[1]).real.clip(min=0))
    return max(float((means**2).sum() + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * roots.sum()), 0.0)


def class_coverage(probabilities: np.ndarray, minimum_share: float = 0.02) -> tuple[int, np.ndarray]:
    """How many classes are seen among the examples, and each class's share (classes,), by their probabilities (n, classes).

    An example counts for its likeliest class; a class is covered when at least `minimum_share` of the examples are its.
    Raises ValueError for another shape, no example, or a share outside of 0 to 1.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or not probabilities.size:
        raise ValueError(f"Probabilities of shape (n, classes) are needed, not {probabilities.shape}.")
    if not 0 <= minimum_share <= 1:
        raise ValueError(f"minimum_share must lie between 0 and 1, not {minimum_share}.")
    shares = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1]) / len(probabilities)
    return int((shares >= minimum_share).sum()), shares


def modes_hit(points: np.ndarray, centres: np.ndarray, reach: float, minimum_share: float = 0.02) -> tuple[int, float]:
    """(how many centres (k, d) are hit by points (n, d), share of the points that are near a centre).

    A point is near a centre within the distance `reach`; a centre is hit when at least `minimum_share` of the points are
    near it. Raises ValueError for other shapes, no point, or a reach that is not positive.
    """
    points, centres = np.asarray(points, dtype="float64"), np.asarray(centres, dtype="float64")
    if points.ndim != 2 or centres.ndim != 2 or points.shape[1] != centres.shape[1] or not len(points):
        raise ValueError(f"Points (n, d) and centres (k, d) are needed, not {points.shape} and {centres.shape}.")
    if not reach > 0:
        raise ValueError(f"reach must be positive, not {reach}.")
    near = np.linalg.norm(points[:, np.newaxis] - centres, axis=-1) < reach  # (n, k)
    return int((near.mean(axis=0) >= minimum_share).sum()), float(near.any(axis=1).mean())


def distances_to_nearest(images: np.ndarray, train: np.ndarray) -> np.ndarray:
    """(n,): from each image (n, ...) the Euclidean distance to the nearest training image (m, ...); a copy has 0.

    Raises ValueError if the two hold images of different shapes, or if there is no training image.
    """
    images, train = np.asarray(images, dtype="float64"), np.asarray(train, dtype="float64")
    if images.shape[1:] != train.shape[1:] or not len(train):
        raise ValueError(f"Images of one shape are needed, not {images.shape[1:]} and {train.shape}.")
    images, train = images.reshape(len(images), -1), train.reshape(len(train), -1)
    return np.array([np.linalg.norm(train - image, axis=1).min() for image in images])


def cluster_normals(images: np.ndarray, clusters: int, count: int, seed: int = 0) -> np.ndarray:
    """`count` images drawn without any network: the cheap rival of lesson 302, for the lessons that follow.

    k-means sorts the images (n, ...) into clusters; a normal distribution is fitted to each, and drawn from as often as
    the cluster occurs. What is drawn, float32, is cut to the range of the images. One cluster is one normal distribution
    of all pixels. Raises ValueError unless 1 <= clusters < n and every cluster holds two images or more.
    """

    def draw(members: np.ndarray, number: int, random: np.random.Generator) -> np.ndarray:
        mean, covariance = members.mean(axis=0), np.atleast_2d(np.cov(members.T))
        return random.multivariate_normal(mean, covariance, size=number, method="eigh")

    rows, place = _sort_into_clusters(images, clusters, seed)
    if np.bincount(place, minlength=clusters).min() < 2:
        raise ValueError(f"With {clusters} clusters one holds a single image: its spread is unknown. Take fewer.")
    return _draw_as_often(draw, rows, place, count, seed).reshape(count, *np.shape(images)[1:])


def slim_normals(images: np.ndarray, clusters: int, directions: int, count: int, seed: int = 0) -> np.ndarray:
    """`count` images drawn as by `cluster_normals`, but of each cluster's covariance only the main directions are kept.

    These are its principal components; the rest has no spread. So the model keeps clusters * (pixels + directions *
    (pixels + 1)) numbers, and can be made as small as a network. Raises ValueError unless 1 <= clusters < n and every
    cluster holds more images than directions.
    """
    from sklearn.decomposition import PCA  # only here: most measures need no scikit-learn

    def draw(members: np.ndarray, number: int, random: np.random.Generator) -> np.ndarray:
        # By the covariance: on many images the SVD of the images themselves may not converge.
        pca = PCA(directions, svd_solver="covariance_eigh").fit(members)
        along = random.normal(size=(number, directions)) * np.sqrt(pca.explained_variance_)
        return pca.mean_ + along @ pca.components_

    rows, place = _sort_into_clusters(images, clusters, seed)
    fewest = np.bincount(place, minlength=clusters).min()
    if not 1 <= directions < fewest:
        raise ValueError(f"The smallest cluster holds {fewest} images: directions must lie below, not be {directions}.")
    return _draw_as_often(draw, rows, place, count, seed).reshape(count, *np.shape(images)[1:])


def _sort_into_clusters(images: np.ndarray, clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The images as rows of pixels, and the number of each one's cluster, by k-means."""
    from sklearn.cluster import KMeans  # only here: most measures need no scikit-learn

    if not 1 <= clusters < len(images):
        raise ValueError(f"clusters must lie between 1 and {len(images) - 1}, not {clusters}.")
    rows = np.reshape(images, (len(images), -1)).astype("float64")
    return rows, KMeans(clusters, n_init=1, random_state=seed).fit_predict(rows)


def _draw_as_often(draw: Callable, rows: np.ndarray, place: np.ndarray, count: int, seed: int) -> np.ndarray:
    """`count` rows, float32: `draw(members, number, random)` from each cluster as often as it occurs, mixed, within range."""
    random = np.random.default_rng(seed)
    wanted = random.choice(place, count)
    drawn = [draw(rows[place == cluster], int((wanted == cluster).sum()), random) for cluster in range(place.max() + 1)]
    return random.permutation(np.concatenate(drawn)).clip(rows.min(), rows.max()).astype("float32")


def nearest_images(images: np.ndarray, train: np.ndarray) -> np.ndarray:
    """(n, ...): for each image (n, ...) the nearest training image (m, ...), by the Euclidean distance.

    Raises ValueError if the two hold images of different shapes, or if there is no training image.
    """
    images, train = np.asarray(images), np.asarray(train)
    if images.shape[1:] != train.shape[1:] or not len(train):
        raise ValueError(f"Images of one shape are needed, not {images.shape[1:]} and {train.shape}.")
    rows = train.reshape(len(train), -1)
    return train[[np.linalg.norm(rows - image.reshape(-1), axis=1).argmin() for image in images]]
