"""Small differences find slopes, and put every number back."""

import numpy as np
import pytest

from course_utils.gradient_check import all_close, slopes_by_differences


def test_slopes_of_a_known_function():
    generator = np.random.default_rng(0)
    matrix, vector = generator.normal(size=(3, 2)), generator.normal(size=2)
    before = matrix.copy(), vector.copy()

    def loss():
        return ((matrix @ vector) ** 2).sum()

    by_matrix, by_vector = slopes_by_differences(loss, [matrix, vector])
    np.testing.assert_allclose(by_matrix, 2 * np.outer(matrix @ vector, vector), atol=1e-6)
    np.testing.assert_allclose(by_vector, 2 * matrix.T @ (matrix @ vector), atol=1e-6)
    assert np.array_equal(matrix, before[0]) and np.array_equal(vector, before[1])


def test_single_precision_is_refused():
    with pytest.raises(ValueError, match="float64"):
        slopes_by_differences(lambda: 0.0, [np.zeros(2, dtype="float32")])


def test_all_close_compares_shapes_and_numbers():
    ones = [np.ones((2, 3)), np.ones(3)]
    assert all_close(ones, [np.ones((2, 3)), np.ones(3) + 1e-6])
    assert not all_close(ones, [np.ones((2, 3)), np.ones(3) + 1e-4])
    assert all_close(ones, [np.ones((2, 3)), np.ones(3) + 1e-4], tolerance=1e-3)
    assert not all_close(ones, [np.ones((2, 3)), np.ones((1, 3))])
    with pytest.raises(ValueError):
        all_close(ones, ones[:1])
