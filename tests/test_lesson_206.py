"""Lesson 206: Fourier transform, mel filters, the sum over all CTC paths, and the beam search."""

import itertools

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.datasets.speech import digit_strings, load_spoken_digits
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("206")
collapse, ctc_probability, beam_decode = (LESSON[name] for name in ("collapse", "ctc_probability", "beam_decode"))


def random_frames(frames: int, symbols: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(symbols, 0.7), size=frames)


@pytest.mark.parametrize("shape", [(8,), (9,), (3, 256), (2, 4, 31)])
def test_dft_equals_numpy(shape: tuple[int, ...]) -> None:
    frames = np.random.default_rng(0).normal(size=shape)
    np.testing.assert_allclose(LESSON["dft"](frames), np.fft.rfft(frames), atol=1e-9)


def test_dft_of_known_signals_and_wrong_input() -> None:
    tone = np.cos(2 * np.pi * 1000 * np.arange(256) / 8000)
    strength = np.abs(LESSON["dft"](tone))
    assert strength.argmax() == 32 and strength[32] == pytest.approx(128) and np.delete(strength, 32).max() < 1e-9
    np.testing.assert_allclose(LESSON["dft"](np.ones(4)), [4, 0, 0], atol=1e-12)
    for wrong in (3.0, np.ones(4) * 1j):
        with pytest.raises(ValueError, match="real frames"):
            LESSON["dft"](wrong)


@pytest.mark.parametrize("bands, frame_length, rate, lowest, highest", [(32, 256, 8000, 80, 4000), (20, 512, 16000, 20, 7600), (8, 256, 8000, 0, 4000)])  # fmt: skip
def test_mel_filters_equal_tensorflow(bands: int, frame_length: int, rate: int, lowest: float, highest: float) -> None:
    filters = LESSON["mel_filters"](bands, frame_length, rate, lowest, highest)
    expected = tf.signal.linear_to_mel_weight_matrix(bands, frame_length // 2 + 1, rate, float(lowest), float(highest))
    assert filters.shape == (frame_length // 2 + 1, bands)
    np.testing.assert_allclose(filters, expected, atol=1e-5)


def test_mel_filters_are_wider_for_high_frequencies() -> None:
    filters = LESSON["mel_filters"](20, 512, 8000, 80, 4000)
    width = (filters > 0).sum(axis=0)
    assert width[-1] > 3 * width[0] and (np.diff(filters.argmax(axis=0)) > 0).all()
    for lowest, highest in ((-1, 4000), (80, 4001), (500, 500), (900, 100)):
        with pytest.raises(ValueError, match="is needed"):
            LESSON["mel_filters"](20, 512, 8000, lowest, highest)


@pytest.mark.parametrize(
    "path, digits",
    [
        ([1, 1, 0, 2], (1, 2)),
        ([0, 1, 2, 2], (1, 2)),
        ([1, 0, 1], (1, 1)),
        ([1, 1, 1], (1,)),
        ([0, 0], ()),
        ([], ()),
        ([3, 2, 3], (3, 2, 3)),
    ],
)
def test_collapse(path: list[int], digits: tuple[int, ...]) -> None:
    assert collapse(path) == digits and collapse(np.array(path, dtype=int)) == digits


@pytest.mark.parametrize("frames, symbols", [(1, 2), (3, 2), (4, 3), (5, 3)])
def test_forward_algorithm_equals_listing_and_keras(frames: int, symbols: int) -> None:
    probabilities = random_frames(frames, symbols, seed=frames)
    total = 0
    for length in range(frames + 1):
        for target in itertools.product(range(1, symbols), repeat=length):
            value = ctc_probability(probabilities, target)
            assert value == pytest.approx(LESSON["probability_by_listing"](probabilities, target), abs=1e-12)
            total += value
            if value > 0:
                padded = np.array([[*target, *[0] * (frames + 1 - length)]], "int32")
                loss = keras.ops.ctc_loss(padded, np.log(probabilities)[np.newaxis], [length], [frames])
                assert -np.log(value) == pytest.approx(float(loss[0]), abs=1e-5)
    assert total == pytest.approx(1), "every path spells exactly one answer"


def test_repeated_digits_need_a_blank_between() -> None:
    certain = np.eye(3)
    assert ctc_probability(certain[[1, 0, 1]], [1, 1]) == 1 and ctc_probability(certain[[1, 1, 1]], [1, 1]) == 0
    assert ctc_probability(certain[[1, 1, 1]], [1]) == 1 and ctc_probability(certain[[1, 2]], [1, 2]) == 1
    assert ctc_probability(random_frames(4, 3, 0), [1, 1, 1]) == 0


def test_wrong_input_is_named() -> None:
    probabilities = random_frames(4, 3, 0)
    for wrong, target in ((probabilities * 2, [1]), (np.log(probabilities), [1]), (probabilities[0], [1]), (probabilities, [0]), (probabilities, [3])):  # fmt: skip
        with pytest.raises(ValueError, match="must add up to 1"):
            ctc_probability(wrong, target)


@pytest.mark.parametrize("seed", range(5))
def test_beam_search_finds_every_answer_with_its_probability(seed: int) -> None:
    probabilities = random_frames(5, 3, seed)
    beams = beam_decode(probabilities, width=1000)
    assert sum(beams.values()) == pytest.approx(1)
    for answer, value in beams.items():
        assert value == pytest.approx(ctc_probability(probabilities, answer), abs=1e-12)
    assert list(beams.values()) == sorted(beams.values(), reverse=True)
    best, _ = keras.ops.ctc_decode(
        np.log(probabilities)[np.newaxis], [5], strategy="beam_search", beam_width=100, mask_index=0
    )
    assert next(iter(beams)) == tuple(int(digit) for digit in best[0, 0] if digit > 0)


def test_beam_beats_greedy_where_paths_add_up() -> None:
    two = np.array([[0.6, 0.4], [0.6, 0.4]])
    assert collapse(two.argmax(axis=-1)) == ()
    assert next(iter(beam_decode(two, 4))) == (1,) and beam_decode(two, 4)[1,] == pytest.approx(0.64)
    assert len(beam_decode(random_frames(6, 4, 0), width=3)) == 3


def test_the_listener_learns_a_few_strings_by_heart() -> None:
    keras.utils.set_random_seed(0)
    listener = LESSON["listener"]
    listener.__globals__["BANDS"] = 32
    random = np.random.default_rng(0)
    targets = np.array([[3, 3, 1], [1, 2, 0], [2, 1, 3], [1, 0, 0]], "int32")
    sounds = np.zeros((3, 32)) + np.repeat(np.eye(4)[1:], 8, axis=1)
    frames = random.normal(scale=0.1, size=(4, 64, 32)).astype("float32")
    for row, target in zip(frames, targets):
        for place, digit in enumerate(target[target > 0]):
            row[4 + 20 * place : 14 + 20 * place] += sounds[digit - 1]
    model = listener(4, return_sequences=True)
    assert model(frames).shape == (4, 16, 4) and listener(10, return_sequences=False)(frames).shape == (4, 10)
    model.compile(keras.optimizers.Adam(1e-2), keras.losses.CTC(), jit_compile=False)
    learn_by_heart(model, frames, targets, steps=60)
    heard = [collapse(path) for path in model.predict(frames, verbose=0).argmax(axis=-1)]
    assert heard == [tuple(target[target > 0]) for target in targets]


def test_strings_of_the_lesson_leave_room_for_their_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SCALE", "quick")
    sounds, targets = digit_strings(load_spoken_digits().test, 20, seed=1)
    steps = -(-(1 + (sounds.shape[1] - 256) // 128) // 4)
    assert steps > 2 * targets.shape[1] + 1
