"""The Fréchet distance and the coverage of classes have their known values."""

import numpy as np
import pytest

from course_utils.datasets.ring import ring_of_points
from course_utils.metrics.generation import (
    class_coverage,
    cluster_normals,
    distances_to_nearest,
    frechet_distance,
    modes_hit,
    nearest_images,
    slim_normals,
)


def standardised(count, features, seed=0):
    """Vectors (count, features) whose mean is 0 and whose covariance is the identity, up to rounding."""
    vectors = np.random.default_rng(seed).normal(size=(count, features))
    vectors -= vectors.mean(axis=0)
    return vectors @ np.linalg.inv(np.linalg.cholesky(np.cov(vectors.T)).T)


def test_zero_for_equal_sets_in_any_order():
    vectors = np.random.default_rng(0).normal(size=(200, 6))
    assert frechet_distance(vectors, vectors) == pytest.approx(0, abs=1e-8)
    assert frechet_distance(vectors, vectors[::-1]) == pytest.approx(0, abs=1e-8)


def test_exact_for_diagonal_covariances():
    first, second = standardised(300, 4) * [1, 2, 3, 4], standardised(400, 4, seed=1) * [2, 2, 5, 1] + [1, 0, -2, 3]
    expected = (1 + 4 + 9) + (1 + 0 + 4 + 9)  # squared gaps of the means, then of the standard deviations
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-6)


def test_symmetric_and_equal_to_the_matrix_root():
    sqrtm = pytest.importorskip("scipy.linalg").sqrtm
    generator = np.random.default_rng(2)
    first, second = (generator.normal(size=(100, 5)) @ generator.normal(size=(5, 5)) for _ in range(2))
    covariances = np.cov(first.T), np.cov(second.T)
    root = sqrtm(covariances[0] @ covariances[1]).real
    expected = ((first.mean(axis=0) - second.mean(axis=0)) ** 2).sum() + np.trace(sum(covariances) - 2 * root)
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(second, first) == pytest.approx(expected, rel=1e-6)


def test_dead_features_and_a_single_feature_are_fine():
    vectors = np.zeros((50, 3))
    vectors[:, 0] = np.linspace(-1, 1, 50)
    assert frechet_distance(vectors, vectors + [0, 2, 0]) == pytest.approx(4, abs=1e-6)
    assert frechet_distance(vectors[:, :1], vectors[:, :1] + 3) == pytest.approx(9, abs=1e-6)


def test_a_heap_at_the_mean_is_far_from_a_cloud():
    cloud = standardised(500, 8)
    assert frechet_distance(cloud, np.zeros((500, 8))) == pytest.approx(8, rel=1e-6)


@pytest.mark.parametrize(
    "first, second, message",
    [
        ((10, 3), (10, 4), "sets of vectors"),
        ((10,), (10,), "sets of vectors"),
        ((10, 2, 2), (10, 2, 2), "sets of vectors"),
        ((1, 3), (10, 3), "at least two"),
        ((10, 3), (0, 3), "at least two"),
    ],
)
def test_names_what_is_wrong(first, second, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(np.zeros(first), np.zeros(second))


def test_nan_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        frechet_distance(np.full((4, 2), np.nan), np.zeros((4, 2)))


def test_coverage_counts_likeliest_classes():
    probabilities = np.array([[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.2, 0.7, 0.1], [0.9, 0.1, 0.0]])
    covered, shares = class_coverage(probabilities, minimum_share=0.25)
    assert covered == 2 and shares.tolist() == [0.75, 0.25, 0]
    assert class_coverage(probabilities, minimum_share=0.26)[0] == 1
    assert class_coverage(np.eye(7))[0] == 7


@pytest.mark.parametrize(
    "shape, share, message", [((3,), 0.1, "classes"), ((0, 4), 0.1, "classes"), ((3, 4), 2, "0 and 1")]
)
def test_coverage_names_what_is_wrong(shape, share, message):
    with pytest.raises(ValueError, match=message):
        class_coverage(np.ones(shape), share)


CENTRES = ring_of_points(1)[1]


def test_modes_hit_counts_places_not_points():
    assert modes_hit(np.repeat(CENTRES, 10, axis=0), CENTRES, 0.3) == (8, 1.0)
    assert modes_hit(np.repeat(CENTRES[:1], 80, axis=0), CENTRES, 0.3) == (1, 1.0)
    assert modes_hit(np.zeros((80, 2)), CENTRES, 0.3) == (0, 0.0)
    few = np.concatenate([np.repeat(CENTRES[:1], 99, axis=0), CENTRES[1:2]])
    assert modes_hit(few, CENTRES, 0.3) == (1, 1.0) and modes_hit(few, CENTRES, 0.3, 0.01) == (2, 1.0)


@pytest.mark.parametrize("points, reach", [(np.zeros((5, 3)), 1.0), (np.zeros((0, 2)), 1.0), (np.zeros((5, 2)), 0.0)])
def test_modes_hit_names_what_is_wrong(points, reach):
    with pytest.raises(ValueError, match="needed|positive"):
        modes_hit(points, CENTRES, reach)


def test_the_ring_has_its_points_where_it_says():
    points, centres = ring_of_points(8000, spread=0.1)
    assert points.shape == (8000, 2) and points.dtype == "float32" and centres.shape == (8, 2)
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 2)
    modes, near = modes_hit(points, centres, 0.3, minimum_share=0.11)
    assert modes == 8 and near == pytest.approx(1 - np.exp(-4.5), abs=0.005)  # 3 spreads in the plane
    np.testing.assert_array_equal(points, ring_of_points(8000, spread=0.1)[0])
    with pytest.raises(ValueError, match="Positive"):
        ring_of_points(0)


def test_one_cluster_is_one_normal_distribution():
    images = np.random.default_rng(0).multivariate_normal([4, 5], [[1, 0.8], [0.8, 1]], size=4000).reshape(-1, 1, 2, 1)
    drawn = cluster_normals(images, 1, 4000)
    assert drawn.shape == (4000, 1, 2, 1) and drawn.dtype == "float32"
    flat = drawn.reshape(-1, 2)
    np.testing.assert_allclose(flat.mean(axis=0), [4, 5], atol=0.1)
    np.testing.assert_allclose(np.cov(flat.T), [[1, 0.8], [0.8, 1]], atol=0.1)


def test_each_cluster_is_drawn_as_often_as_it_occurs_and_within_the_range():
    random = np.random.default_rng(1)
    images = np.concatenate([random.uniform(0, 0.1, (300, 3)), random.uniform(0.9, 1, (100, 3))]).astype("float32")
    drawn = cluster_normals(images, 2, 2000)
    assert ((drawn < 0.3) | (drawn > 0.7)).all(), "nothing lies between the clusters"
    assert (drawn[:, 0] < 0.5).mean() == pytest.approx(0.75, abs=0.03)
    assert images.min() <= drawn.min() and drawn.max() <= images.max() and np.ptp(drawn[:50, 0]) > 0.5
    np.testing.assert_array_equal(drawn, cluster_normals(images, 2, 2000))


@pytest.mark.parametrize("clusters, message", [(0, "between 1 and 4"), (5, "between 1 and 4"), (4, "single image")])
def test_clusters_that_cannot_be_fitted_are_refused(clusters, message):
    with pytest.raises(ValueError, match=message):
        cluster_normals(np.arange(5.0).reshape(5, 1), clusters, 10)


def test_distances_to_the_nearest_image():
    train = np.random.default_rng(4).random((30, 4, 5, 1))
    images = np.concatenate([train[:3], train[3:5] + 1])
    distances = distances_to_nearest(images, train)
    np.testing.assert_allclose(distances[:3], 0, atol=1e-12)
    every = np.sqrt(((images[:, np.newaxis] - train) ** 2).sum(axis=(2, 3, 4)))
    np.testing.assert_allclose(distances, every.min(axis=1))
    for wrong in (train[:0], np.ones((3, 20))):
        with pytest.raises(ValueError, match="one shape"):
            distances_to_nearest(images, wrong)


def two_clouds(count=400, pixels=6, seed=0):
    """Images (count, pixels) of two far groups; within each only the first two pixels vary, the first twice as much."""
    random = np.random.default_rng(seed)
    images = np.zeros((count, pixels))
    images[:, :2] = random.normal(size=(count, 2)) * [0.2, 0.1]
    images[::2, 5] = 10
    return images


def test_slim_normals_keep_the_mean_and_the_main_direction_of_each_cluster():
    images = two_clouds()
    drawn = slim_normals(images, 2, 1, 4000, seed=1)
    assert set(np.unique(drawn[:, 5])) == {0.0, 10.0} and abs((drawn[:, 5] == 10).mean() - 0.5) < 0.05
    inside = np.abs(drawn[:, 0]) < 0.3  # what lies farther out is cut at the ends
    assert inside.mean() > 0.8 and np.std(drawn[:, 0]) == pytest.approx(0.2, rel=0.15)
    assert np.std(drawn[:, 1]) < 0.03, "the second direction has no spread"


def test_with_all_directions_the_slim_normals_are_the_full_ones():
    images = np.random.default_rng(3).normal(size=(300, 4)) @ np.random.default_rng(4).normal(size=(4, 4))
    slim, full = slim_normals(images, 1, 4, 20_000), cluster_normals(images, 1, 20_000)
    np.testing.assert_allclose(np.cov(slim.T), np.cov(full.T), atol=0.3)


@pytest.mark.parametrize(("clusters", "directions"), [(0, 1), (400, 1), (2, 0), (2, 200)])
def test_slim_normals_refuse_what_cannot_be_fitted(clusters, directions):
    with pytest.raises(ValueError, match="must lie"):
        slim_normals(two_clouds(), clusters, directions, 10)


def test_the_nearest_image_is_that_of_the_smallest_distance():
    random = np.random.default_rng(5)
    images, train = random.random((7, 3, 3)), random.random((20, 3, 3))
    found = nearest_images(images, train)
    gaps = np.linalg.norm((found - images).reshape(7, -1), axis=1)
    np.testing.assert_allclose(gaps, distances_to_nearest(images, train))
    np.testing.assert_array_equal(nearest_images(train[3:5], train), train[3:5])
    with pytest.raises(ValueError, match="one shape"):
        nearest_images(images, train[:0])
