"""Exercises of lesson 307, music as piano rolls."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def test_frequency(answer):
    if np.isclose(answer, 440 + 12, atol=0.5):
        raise Wrong("You added 12 hertz. Twelve semitones multiply the frequency; they add nothing to it.")
    if np.isclose(answer, 440 * 81 / 69, atol=1):
        raise Wrong("The frequency does not grow in proportion to the number: equal steps multiply by equal factors.")
    if np.isclose(answer, 220, atol=0.5):
        raise Wrong("That is the octave below. Pitch 81 is higher than pitch 69.")
    expect_close(answer, 880, "It is not that. How many octaves lie between 69 and 81?", tolerance=1e-3)


def moves(pitches, onsets):
    return np.diff(np.asarray(pitches)[np.flatnonzero(onsets)])


def moves_at_every_step(pitches, onsets):
    return np.diff(pitches)


def moves_without_sign(pitches, onsets):
    return np.abs(moves(pitches, onsets))


def moves_backwards(pitches, onsets):
    return -moves(pitches, onsets)


def moves_from_the_first(pitches, onsets):
    sounding = np.asarray(pitches)[np.flatnonzero(onsets)]
    return sounding[1:] - sounding[0]


def test_moves(answer):
    pitches = np.array([72, 72, 72, 76, 74, 74, 67, 67, 67])
    onsets = np.array([True, False, True, True, True, False, True, False, False])
    result = answer(pitches, onsets)
    if result is not None:
        for wrong, message in (
            (moves_at_every_step, "You compared the steps. A note that is held makes no move: take the onsets only."),
            (moves_without_sign, "The sign is lost: down and up must differ."),
            (moves_backwards, "The signs are exchanged: up is positive."),
            (moves_from_the_first, "Each move starts at the note before, not at the first note."),
        ):
            expected = wrong(pitches, onsets)
            if np.shape(result) == expected.shape and np.allclose(result, expected):
                raise Wrong(message)
    expect_close(result, moves(pitches, onsets), "The notes C5 C5 E5 D5 G4 move by 0, 4, -2 and -7.")
    expect_close(answer(pitches + 5, onsets), moves(pitches, onsets), "In another key the moves must stay the same.")


def quarter_lengths(onsets):
    begins = np.flatnonzero(onsets)
    return np.diff(np.append(begins, len(onsets))) / 2


def lengths_in_steps(onsets):
    return 2 * quarter_lengths(onsets)


def without_the_last(onsets):
    return quarter_lengths(onsets)[:-1]


def equal_lengths(onsets):
    return np.full(int(np.sum(onsets)), 0.5)


def doubled(onsets):
    return 4 * quarter_lengths(onsets)


def always_to_32(onsets):
    return np.diff(np.append(np.flatnonzero(onsets), 32)) / 2


def test_quarters(answer):
    onsets = np.array([True, False, True, True, True, False, False, False, True, True, False, True, True, False, False])
    result = answer(onsets)
    if result is not None:
        for wrong, message in (
            (
                lengths_in_steps,
                "Those are steps. A step is half a quarter note: the file would play at half the speed.",
            ),
            (without_the_last, "The last note is missing: it lasts to the end of the phrase."),
            (equal_lengths, "Each note got one step. A note lasts until the next one begins."),
            (always_to_32, "Use `len(onsets)` for the end of the last note: this phrase is shorter than 32 steps."),
            (doubled, "You multiplied by two: a quarter note has two steps, so divide."),
        ):
            expected = wrong(onsets)
            if np.shape(result) == expected.shape and np.allclose(result, expected):
                raise Wrong(message)
    expect_close(result, quarter_lengths(onsets), "The first note lasts two steps, which is 1 quarter note.")


def test_mixed_bars(answer):
    tunes, mixed = measured_numbers(answer, "tunes", "mixed bars", shares=("tunes", "mixed bars"))
    if tunes < 0.15 or mixed < 0.1:
        raise Wrong(
            "So little repetition is near that of random pitches. Did you call `fit`, and `from_roll` after it?"
        )
    if abs(tunes - 0.49) < 0.004 and abs(mixed - 0.24) < 0.007:
        raise Wrong("Those are the numbers of the corpora themselves. Measure what the two GANs generate.")
    if tunes > 0.6:
        raise Wrong("More repetition than the tunes have: did you measure real phrases, or one phrase 1000 times?")
    if mixed >= tunes:
        raise Wrong("With mixed bars there should be less repetition. Are the values at the right keys?")
    if tunes - mixed < 0.03:
        raise Wrong("The two are nearly equal. Was the second GAN trained on the mixed bars, and for as long?")


EXERCISES = [
    Exercise(
        key="307-1",
        title="The frequency of a pitch",
        minutes=5,
        test=test_frequency,
        hints=("Twelve semitones are an octave.", "An octave doubles the frequency of pitch 69, which is 440 Hz."),
        solution=880,
        wrong_answers={"12 hertz more": 452, "in proportion": 440 * 81 / 69, "an octave down": 220},
        explanation="440 times 2 to the power of (81 - 69) / 12, which is 440 times 2.",
    ),
    Exercise(
        key="307-2",
        title="The moves of a melody",
        minutes=10,
        test=test_moves,
        hints=(
            "`np.flatnonzero(onsets)` are the steps at which notes begin.",
            "`np.diff` of the pitches at those steps.",
        ),
        solution=moves,
        wrong_answers={
            "at every step": moves_at_every_step,
            "no sign": moves_without_sign,
            "sign exchanged": moves_backwards,
            "from the first note": moves_from_the_first,
        },
        explanation="The moves are the same in every key, so a measure made of them does not need a common key.",
    ),
    Exercise(
        key="307-3",
        title="Lengths for a MIDI file",
        minutes=10,
        test=test_quarters,
        hints=(
            "A note lasts until the next onset, the last one until `len(onsets)`.",
            "np.diff(np.append(np.flatnonzero(onsets), len(onsets))) counts steps; two steps are a quarter note.",
        ),
        solution=quarter_lengths,
        wrong_answers={
            "steps": lengths_in_steps,
            "last note missing": without_the_last,
            "all equal": equal_lengths,
            "multiplied": doubled,
            "always 32 steps": always_to_32,
        },
        explanation="A bar of 4/4 has four quarter notes and here eight steps.",
    ),
    Exercise(
        key="307-4",
        title="Where does the repetition come from?",
        minutes=15,
        test=test_mixed_bars,
        hints=(
            "Mix: bars = real_rolls.reshape(-1, 4, BAR, PITCHES + 1); choose for each of the four places other rows.",
            "np.stack([randomness.permutation(bars[:, place]) for place in range(4)], axis=1), then reshape back.",
            "repetition(*from_roll(game.sample(1000, seed=2))) measures a trained game.",
        ),
        solution={"tunes": 0.39, "mixed bars": 0.23},
        wrong_answers={
            "percent": {"tunes": 39, "mixed bars": 23},
            "values exchanged": {"tunes": 0.23, "mixed bars": 0.39},
            "untrained": {"tunes": 0.12, "mixed bars": 0.12},
            "the corpora": {"tunes": 0.49, "mixed bars": 0.239},
            "real phrases": {"tunes": 0.39, "mixed bars": 0.385},
        },
        explanation="Single bars are as good as before, so pitch, rhythm and moves hardly change. Only what binds bars together is gone from the data, and so from the generator.",
    ),
]
