"""Pictures made smaller: means of blocks, and what is refused."""

import numpy as np
import pytest

from course_utils.datasets.pictures import half_as_large


def test_each_pixel_is_the_mean_of_its_block():
    images = np.random.default_rng(0).random((3, 6, 4, 2)).astype("float32")
    small = half_as_large(images)
    assert small.shape == (3, 3, 2, 2) and small.dtype == "float32"
    for row, column in np.ndindex(3, 2):
        block = images[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        np.testing.assert_allclose(small[:, row, column], block.mean(axis=(1, 2)), rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 5, 4, 1), (3, 4, 5, 1), (4, 4, 1)])
def test_names_what_is_wrong(shape):
    with pytest.raises(ValueError, match="even height and width"):
        half_as_large(np.zeros(shape))
