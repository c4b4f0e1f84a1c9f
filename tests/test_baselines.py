"""The rivals choose on the validation part."""

import numpy as np
import pytest

from course_utils.baselines import best_logistic_regression


@pytest.mark.parametrize("examples, features, noise, best", [(80, 60, 1.5, 0.01), (60, 30, 0.8, 1.0)])
def test_logistic_regression_takes_the_strength_that_validates_best(examples, features, noise, best):
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(examples, features))
    labels = (inputs[:, 0] + noise * generator.normal(size=examples) > 0).astype(int)
    validation_inputs = generator.normal(size=(400, features))
    validation_labels = (validation_inputs[:, 0] > 0).astype(int)
    given = inputs, labels, validation_inputs, validation_labels
    for strengths in [(0.01, 1.0), (1.0, 0.01)]:
        chosen = best_logistic_regression(*given, strengths=strengths)
        assert chosen.C == best
    other = best_logistic_regression(*given, strengths=({0.01: 1.0, 1.0: 0.01}[best],))
    assert chosen.score(validation_inputs, validation_labels) > other.score(validation_inputs, validation_labels)
