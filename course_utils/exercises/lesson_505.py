"""Exercises of lesson 505: a receptive field, patches that overlap, the stem on speech."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, errors_of_starts, expect_equal, one_number, some_numbers


def test_steps(answer):
    found = one_number(answer, "The number of steps")
    mistakes = {
        9: "Three windows of 3 side by side? They overlap, and the later ones lie on places that are already apart.",
        27: "The windows of a layer overlap: its places are 2 steps of the layer below apart, not 3.",
        7: "That is with stride 1. Each stride of 2 doubles how far apart the next layer's places lie.",
        13: "That is the page's stem: two layers with windows of 5. Here are three with windows of 3.",
        3: "That is one layer alone. Go down: 3 places of the second layer, and what these see.",
    }
    if found in mistakes:
        raise Wrong(mistakes[found])
    expect_equal(
        found,
        15,
        f"You give {found:g}. A place of the second layer sees 3 + 2 · 2 steps; "
        "its neighbour begins 4 steps later. Three of them are seen.",
    )


def overlapping_patches(signals, window, stride):
    count = (signals.shape[1] - window) // stride + 1
    patches = []
    for number in range(count):
        start = number * stride
        patches.append(signals[:, start : start + window])
    return np.stack(patches, axis=1)


def by_sliding_windows(signals, window, stride):
    return np.lib.stride_tricks.sliding_window_view(signals, window, axis=1)[:, ::stride]


def side_by_side(signals, window, stride):
    return overlapping_patches(signals, window, window)


def each_step(signals, window, stride):
    return overlapping_patches(signals, window, 1)


def last_left_out(signals, window, stride):
    return overlapping_patches(signals, window, stride)[:, :-1]


def filled_with_zeros(signals, window, stride):
    longer = np.pad(signals, ((0, 0), (0, window)))
    return overlapping_patches(longer, window, stride)[:, : -(-signals.shape[1] // stride)]


def axes_exchanged(signals, window, stride):
    return overlapping_patches(signals, window, stride).swapaxes(1, 2)


def places_first(signals, window, stride):
    return overlapping_patches(signals, window, stride).swapaxes(0, 1)


def reversed_windows(signals, window, stride):
    return overlapping_patches(signals, window, stride)[:, :, ::-1]


def first_signal_alone(signals, window, stride):
    return overlapping_patches(signals[:1], window, stride)[0]


def window_and_stride_exchanged(signals, window, stride):
    return overlapping_patches(signals, stride, window)


def test_patches(answer):
    mistakes = {
        side_by_side: "The windows lie side by side, as in a cut. Each begins `stride` steps after the one before.",
        each_step: "A window begins at each step. The next begins `stride` steps on.",
        last_left_out: "The last window is missing: it still fits into the signal.",
        filled_with_zeros: "Windows that reach over the end are filled with zeros. Only those that fit were asked for.",
        axes_exchanged: "The axes of places and window are exchanged: (n, places, window) was asked for.",
        places_first: "The places come first. The signals stay the first axis: `np.stack(patches, axis=1)`.",
        reversed_windows: "Each window is turned round. A convolution of a network reads forward.",
        first_signal_alone: "That is the first signal alone. Cut `signals[:, start : start + window]`.",
        window_and_stride_exchanged: "Window and stride are exchanged: the window is how long, the stride how far on.",
    }
    random = np.random.default_rng(515)
    for count, steps, window, stride in ((3, 13, 5, 2), (2, 14, 4, 3), (4, 21, 6, 4)):
        signals = random.normal(size=(count, steps))
        wanted = overlapping_patches(signals, window, stride)
        returned = np.asarray(answer(signals, window, stride))
        if returned.shape == wanted.shape and np.allclose(returned, wanted):
            continue
        for mistake, message in mistakes.items():
            expected = mistake(signals, window, stride)
            if returned.shape == expected.shape and np.allclose(returned, expected):
                raise Wrong(message)
        result = some_numbers(returned, wanted.shape, "The result")
        place = int(np.flatnonzero(~np.isclose(result, wanted).all(axis=(0, 2)))[0])
        raise Wrong(
            f"The shape is right; place {place} does not hold steps {place * stride} to {place * stride + window - 1}."
        )


def test_speech(answer):
    cut, stem = errors_of_starts(answer, "cut", "stem", of=960)
    for name, shares in (("cut", cut), ("stem", stem)):
        if shares.min() > 0.5:
            raise Wrong(f"{name!r}: more than half? Report the share that is named *wrongly*.")
        if shares.mean() < 0.008:
            raise Wrong(f"{name!r} makes too few errors for digits of new voices. Is it judged on the test part?")
        if shares.mean() > 0.15:
            raise Wrong(f"{name!r} makes too many errors. 4 epochs, and the learning rate 0.01?")


PROGRAM = """
speech = bout.speech()
finding = {}
finding["cut"], _ = errors_of(speech, (cut, recurrent, 35, 0.01), epochs=4)
finding["stem"], _ = errors_of(speech, (stem, recurrent, 29, 0.01), epochs=4)
"""

EXERCISES = [
    Exercise(
        key="505-1",
        title="A longer stem",
        minutes=5,
        test=test_steps,
        hints=(
            "Begin at the top: a place of the third layer sees 3 places of the second, which lie 4 steps apart.",
            "A place of the second layer sees 3 + 2 · 2 = 7 steps.",
        ),
        solution=15,
        wrong_answers={
            "windows side by side": 9,
            "windows multiplied": 27,
            "stride 1": 7,
            "the page's stem": 13,
            "one layer": 3,
            "something else": 12,
            "not a number": math.nan,
        },
        explanation="3 + 2 · 2 + 2 · 4 = 15: each layer adds two places more, which lie twice as far apart as below.",
    ),
    Exercise(
        key="505-2",
        title="Patches that overlap",
        minutes=10,
        test=test_patches,
        hints=(
            "Window number k begins at step k * stride. The last one that fits begins at most at step steps - window.",
            "There are (steps - window) // stride + 1 windows; `np.stack(patches, axis=1)` puts them on the second axis.",
        ),
        solution=overlapping_patches,
        wrong_answers={
            "side by side": side_by_side,
            "a window at each step": each_step,
            "the last one left out": last_left_out,
            "filled with zeros": filled_with_zeros,
            "axes exchanged": axes_exchanged,
            "places first": places_first,
            "windows turned round": reversed_windows,
            "the first signal alone": first_signal_alone,
            "window and stride exchanged": window_and_stride_exchanged,
            "of the right shape, empty": lambda signals, window, stride: (
                0 * overlapping_patches(signals, window, stride)
            ),
            "no number": lambda signals, window, stride: math.nan * overlapping_patches(signals, window, stride),
        },
        also_right={"by NumPy's own windows": by_sliding_windows},
        explanation="Such patches times a matrix are a convolution with overlap: only the cutting differs from the page's cut.",
    ),
    Exercise(
        key="505-3",
        title="The same for speech",
        minutes=15,
        test=test_speech,
        hints=(
            "An arm is a front, a reader, a width and a rate: `(cut, recurrent, 35, 0.01)`.",
            "`errors_of(speech, (cut, recurrent, 35, 0.01), epochs=4)` returns three errors and a network.",
        ),
        solution={"cut": [30 / 960, 41 / 960, 35 / 960], "stem": [45 / 960, 81 / 960, 63 / 960]},
        program=PROGRAM,
        wrong_answers={
            "shares of right answers": {"cut": [0.95, 0.9625, 0.96875], "stem": [0.95, 0.9625, 0.96875]},
            "percent": {"cut": [4.2, 4.4, 4.0], "stem": [4.7, 4.9, 5.2]},
            "rounded to three decimals": {"cut": [0.042, 0.044, 0.04], "stem": [0.047, 0.049, 0.052]},
            "judged on the training part": {"cut": [1 / 960, 2 / 960, 3 / 960], "stem": [0.05, 0.0375, 0.025]},
            "hardly trained": {"cut": [40 / 960, 42 / 960, 38 / 960], "stem": [0.4, 0.375, 0.425]},
            "the means alone": {"cut": 0.042, "stem": 0.05},
            "one start three times": {"cut": [0.05, 0.05, 0.05], "stem": [0.05, 0.0375, 0.025]},
            "one left open": {"cut": [40 / 960, 42 / 960, 38 / 960], "stem": ...},
            "not a number": {"cut": [0.05, 0.0375, math.nan], "stem": [0.05, 0.0375, 0.025]},
        },
        explanation=(
            "In most runs the stem makes no fewer errors here, rather more: with one rate for both, and 960 test sounds "
            "that are 240 clips of eight voices. So a stem that helps on one task need not help on the next."
        ),
    ),
]
