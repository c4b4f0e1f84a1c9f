"""The rivals choose on the validation part."""

import numpy as np
import pytest

from course_utils.baselines import best_logistic_regression
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
