"""The rivals choose on the validation part."""

import numpy as np
import pytest

from course_utils.baselines import best_logistic_regression, best_support_vectors
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
