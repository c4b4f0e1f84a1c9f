"""The trunk of VGG-16: its input, its weights from both sources, and that nothing trains it."""

import numpy as np
import pytest

from course_utils.architectures import vgg
from course_utils.datasets import read_cards
from course_utils.datasets.dataset import embedded_file
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

PICTURES = np.random.default_rng(0).random((2, 16, 12, 3)).astype("float32")


def first_features(kernel, bias, mean):
    """The first convolution by hand, for blue, green, red from 0 to 255 with the mean taken off."""
    centred = np.pad(255 * PICTURES[..., ::-1] - np.float32(mean), ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(centred, (3, 3), axis=(1, 2))  # (n, h, w, channel, row, column)
    return np.maximum(np.einsum("nhwcij,ijcf->nhwf", windows, kernel) + bias, 0)


def test_features_and_embedded_weights():
    trunk = vgg.vgg_trunk()
    features = trunk(PICTURES)
    assert [tuple(maps.shape) for maps in features] == [(2, 16, 12, 64), (2, 8, 6, 128), (2, 4, 3, 256)]
    with np.load(embedded_file(read_cards()["vgg_edges"])) as archive:
        kernel, bias = archive["trunk/000"].astype("float32"), archive["trunk/001"].astype("float32")
    expected = first_features(kernel, bias, vgg.MEAN_COLOUR[::-1])
    np.testing.assert_allclose(features[0], expected, rtol=1e-3, atol=1e-2)
    assert not trunk.trainable_weights


def test_random_weights_differ_from_the_trained_ones():
    keras.utils.set_random_seed(0)
    shapes = [[array.shape for array in vgg.vgg_trunk(trained).get_weights()] for trained in (True, False)]
    assert shapes[0] == shapes[1]
    assert not np.allclose(vgg.vgg_trunk(trained=False)(PICTURES)[0], vgg.vgg_trunk()(PICTURES)[0])


def test_full_takes_the_downloaded_weights(monkeypatch):
    downloaded = keras.applications.VGG16(weights=None, include_top=False)
    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setattr(keras.applications, "VGG16", lambda weights, include_top: downloaded)
    expected = first_features(*downloaded.get_layer("block1_conv1").get_weights(), vgg.MEAN_COLOUR[::-1])
    np.testing.assert_allclose(vgg.vgg_trunk()(PICTURES)[0], expected, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("trained", [True, False])
def test_full_without_network_falls_back_and_says_so(monkeypatch, capsys, trained):
    def no_network(**_):
        raise Exception("URL fetch failure")

    embedded = vgg.vgg_trunk()(PICTURES)[0]
    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setattr(keras.applications, "VGG16", no_network)
    features = vgg.vgg_trunk(trained)(PICTURES)[0]
    assert np.allclose(features, embedded) == trained
    assert ("could not be downloaded" in capsys.readouterr().out) == trained
