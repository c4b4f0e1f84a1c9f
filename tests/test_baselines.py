"""The rivals choose on the validation part."""

import numpy as np
import pytest

from course_utils.baselines import (
    best_logistic_regression,
    best_support_vectors,
    linear_restorer,
    mean_of_similar,
    through_pca,
)
from course_utils.datasets.dataset import Split


@pytest.mark.parametrize("examples, features, noise, best", [(80, 60, 1.5, 0.01), (60, 30, 0.8, 1.0)])
def test_logistic_regression_takes_the_strength_that_validates_best(examples, features, noise, best):
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(examples, features))
    train = Split(inputs, (inputs[:, 0] + noise * generator.normal(size=examples) > 0).astype(int))
    inputs = generator.normal(size=(400, features))
    validation = Split(inputs, (inputs[:, 0] > 0).astype(int))
    for strengths in [(0.01, 1.0), (1.0, 0.01)]:
        chosen = best_logistic_regression(train, validation, strengths)
        assert chosen.C == best
    other = best_logistic_regression(train, validation, ({0.01: 1.0, 1.0: 0.01}[best],))
    assert chosen.score(*validation) > other.score(*validation)

    def as_images(part):
        return Split(part.inputs.reshape(len(part.inputs), -1, 2, 1), part.targets)

    of_images = best_logistic_regression(as_images(train), as_images(validation), strengths)
    np.testing.assert_allclose(of_images.coef_, chosen.coef_)


def test_support_vectors_give_a_margin_a_class_and_bend_where_a_line_cannot():
    generator = np.random.default_rng(0)

    def rings(count):
        inputs = generator.uniform(-2, 2, size=(count, 1, 2, 1))
        radius = np.linalg.norm(inputs.reshape(count, 2), axis=1)
        return Split(inputs, np.digitize(radius, [0.8, 1.6]))

    train, validation, test = rings(300), rings(200), rings(400)
    margins = best_support_vectors(train, validation)(test.inputs)
    assert margins.shape == (400, 3)
    bent = np.mean(margins.argmax(axis=1) == test.targets)
    straight = best_logistic_regression(train, validation).score(test.inputs.reshape(400, 2), test.targets)
    assert bent > 0.93 > 0.7 > straight
    weak = best_support_vectors(train, validation, strengths=(1e-4,))(test.inputs)
    assert np.mean(weak.argmax(axis=1) == test.targets) < bent


def test_pca_restores_what_lies_in_a_plane_and_nothing_else():
    random = np.random.default_rng(0)
    plane = random.normal(size=(3, 12))
    train = (random.normal(size=(40, 3)) @ plane).reshape(40, 3, 4, 1)
    images = (random.normal(size=(5, 3)) @ plane).reshape(5, 3, 4, 1)
    assert np.allclose(through_pca(images, train, 3), images)
    assert not np.allclose(through_pca(images, train, 2), images)
    assert np.allclose(through_pca(images, train, 1).shape, images.shape)


def test_a_linear_restorer_undoes_a_linear_fault_and_stays_within_the_range():
    random = np.random.default_rng(0)
    train = random.random((200, 2, 3, 1))
    restore = linear_restorer(lambda images: 2 * images[:, ::-1] + 1, train, copies=1, strength=1e-6)
    assert np.allclose(restore(2 * train[:7, ::-1] + 1), train[:7], atol=1e-3)
    assert restore(np.full((1, 2, 3, 1), 9.0)).max() <= train.max()


def test_the_mean_of_similar_images_is_near_the_nearest_and_far_the_mean_of_all():
    train = np.array([0.0, 1.0, 4.0]).reshape(3, 1, 1, 1)
    image = np.array([1.2]).reshape(1, 1, 1, 1)
    assert np.isclose(mean_of_similar(image, train, 0.05).item(), 1)
    assert np.isclose(mean_of_similar(image, train, 1e4).item(), 5 / 3)
    weights = np.exp(-np.array([1.44, 0.04, 7.84]) / 2)
    assert np.isclose(mean_of_similar(image, train, 1.0).item(), (weights @ [0, 1, 4]) / weights.sum())
    with pytest.raises(ValueError, match="positive"):
        mean_of_similar(image, train, 0)
