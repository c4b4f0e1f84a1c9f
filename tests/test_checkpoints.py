"""Checkpoints come back as they were, in half precision, and never overwrite a file."""

import numpy as np
import pytest

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils import checkpoints  # noqa: E402


def network(outputs=3):
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(outputs), keras.layers.BatchNormalization()])


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Two networks, saved where `load_checkpoint("game", ...)` looks."""
    networks = {"generator": network(), "critic": network(1)}
    path = checkpoints.save_checkpoint(tmp_path / "new" / "game.npz", **networks)
    monkeypatch.setattr(checkpoints, "read_cards", lambda: {"game": path})
    monkeypatch.setattr(checkpoints, "embedded_file", lambda card: card)
    return path, networks


def test_comes_back(saved):
    fresh = {"generator": network(), "critic": network(1)}
    checkpoints.load_checkpoint("game", **fresh)
    for name, original in saved[1].items():
        for old, new in zip(original.get_weights(), fresh[name].get_weights()):
            assert new.dtype == "float32"
            np.testing.assert_allclose(old, new, rtol=1e-3, atol=1e-6)


def test_refuses_to_overwrite(saved):
    with pytest.raises(FileExistsError, match="Choose another name"):
        checkpoints.save_checkpoint(saved[0], **saved[1])


def test_refuses_another_network(saved):
    with pytest.raises(ValueError, match="does not fit the network 'critic'"):
        checkpoints.load_checkpoint("game", critic=network(2))
    with pytest.raises(ValueError, match="holds 0 arrays"):
        checkpoints.load_checkpoint("game", judge=network())
