"""Lesson 302: the distance of numbers, the rivals that need no game, contrast, and what a judge is sure of."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.metrics.generation import cluster_normals, frechet_distance

LESSON = functions_of("302")
SPACE = LESSON["one_normal"].__globals__
SPACE["randomness"] = np.random.default_rng(0)
SPACE["np"] = np


def test_distance_of_numbers_on_paper():
    real = np.array([7.0, 10.0, 13.0])
    assert LESSON["frechet_of_numbers"](np.array([9.0, 12.0, 15.0]), real) == 4
    assert LESSON["frechet_of_numbers"](np.full(3, 10.0), real) == 9
    assert LESSON["frechet_of_numbers"](real, real) == 0


def test_with_one_number_it_is_the_distance_of_the_package():
    first, second = np.random.default_rng(1).normal([[0.0], [2.0]], [[1.0], [3.0]], (2, 200))
    by_package = frechet_distance(first[:, np.newaxis], second[:, np.newaxis])
    assert np.isclose(by_package, LESSON["frechet_of_numbers"](first, second))


def test_one_normal_has_mean_and_covariance_of_the_rows():
    rows = np.random.default_rng(2).multivariate_normal([4, 5], [[1, 0.8], [0.8, 1]], size=2000)
    drawn = LESSON["one_normal"](rows, 4000)
    np.testing.assert_allclose(drawn.mean(axis=0), [4, 5], atol=0.1)
    np.testing.assert_allclose(np.cov(drawn.T), [[1, 0.8], [0.8, 1]], atol=0.1)


def test_many_normals_draw_from_each_group_as_often_as_it_occurs_like_the_package():
    random = np.random.default_rng(3)
    rows = np.concatenate([random.normal(0, 0.1, (300, 3)), random.normal(5, 0.1, (100, 3))])
    for drawn in (LESSON["many_normals"](rows, 2, 200), cluster_normals(rows, 2, 200)):
        low = (drawn < 2.5).all(axis=1)
        assert low.mean() == pytest.approx(0.75, abs=0.1) and (drawn[~low] > 2.5).all() and len(drawn) == 200
        assert drawn[low].std() == pytest.approx(0.1, abs=0.02)


def test_images_are_cut_to_ink():
    images = LESSON["as_images"](np.linspace(-1, 2, 2 * 196).reshape(2, 196))
    assert images.shape == (2, 14, 14, 1) and images.dtype == "float32" and (images.min(), images.max()) == (0, 1)


def test_grey_is_between_a_quarter_and_three_quarters():
    assert LESSON["grey_share"](np.array([0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])) == 0.375


def test_contrast_pushes_ink_away_from_the_middle():
    images = np.array([0.0, 0.1, 0.4, 0.5, 0.6, 0.9, 1.0])
    np.testing.assert_allclose(LESSON["with_contrast"](images, 2), [0, 0, 0.3, 0.5, 0.7, 1, 1])
    np.testing.assert_allclose(LESSON["with_contrast"](images, 1), images)


def test_counts_only_digits_of_which_the_judge_is_sure(monkeypatch):
    probable = np.full((4, 10), 0.05)
    probable[0], probable[1] = np.eye(10)[3], np.eye(10)[3]
    probable[2, 7] = 0.55  # the likeliest, yet not sure
    judge = type("Judge", (), {"predict": lambda self, images, verbose: images})()
    monkeypatch.setitem(SPACE, "judge", judge)
    assert LESSON["sure_counts"](probable).tolist() == [0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
