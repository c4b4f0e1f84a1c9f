"""Lesson 504: the ring adds up lists of any length for any number of workers; the model behaves at its ends."""

import numpy as np
import pytest
from notebook_functions import functions_of

LESSON = functions_of("504")


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("length", [1, 7, 40])
def test_the_ring_gives_each_worker_the_sum(workers, length):
    lists = np.random.default_rng(workers * length).normal(size=(workers, length))
    before = lists.copy()
    results, sent = LESSON["ring_all_reduce"](lists)
    for result in results:
        np.testing.assert_allclose(result, lists.sum(axis=0))
    np.testing.assert_array_equal(lists, before)
    assert sent.sum() == 2 * (workers - 1) * length


def test_the_model_at_its_ends():
    efficiency = LESSON["efficiency"]
    assert efficiency(1, 0.1, 4e6, 1e6) == 1
    values = [efficiency(workers, 0.1, 4e6, 1e8) for workers in (1, 2, 8, 64)]
    assert values == sorted(values, reverse=True) and values[-1] > 0.1 / (0.1 + 2 * 4e6 / 1e8)
    assert efficiency(8, 0.2, 4e6, 1e8) > efficiency(8, 0.1, 4e6, 1e8)
