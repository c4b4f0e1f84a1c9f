"""Lesson 307: rolls, sound, measures, the shuffled corpus, full-height kernels and MIDI files."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets import load_fiddle_tunes
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import music21  # noqa: E402

LESSON = functions_of("307")
MAJOR = np.array([[(pitch - tonic) % 12 in (0, 2, 4, 5, 7, 9, 11) for pitch in range(12)] for tonic in range(12)])
LESSON["to_roll"].__globals__.update(
    {"LOW": 59, "PITCHES": 28, "BAR": 8, "STEPS": 32, "RATE": 8000, "STEP_SAMPLES": 1000, "MAJOR": MAJOR}
)
LESSON["cut"].__globals__["randomness"] = np.random.default_rng(0)
TRAIN, TEST = (part[:2] for part in (load_fiddle_tunes().train, load_fiddle_tunes().test))


def test_rolls_keep_pitch_and_onset_and_know_up_from_down():
    rolls = LESSON["to_roll"](*TEST)
    assert rolls.shape == (len(TEST[0]), 32, 29) and np.all(rolls[..., :-1].sum(axis=-1) == 1)
    for back, kept in zip(LESSON["from_roll"](rolls), TEST):
        np.testing.assert_array_equal(back, kept)
    scale = np.tile(np.arange(60, 68), 4)[np.newaxis]
    assert LESSON["to_roll"](scale, scale > 0)[0, :, :-1].argmax(axis=-1)[:3].tolist() == [1, 2, 3]


def test_a_soft_roll_is_rounded_and_a_change_of_pitch_begins_a_note():
    soft = np.full((1, 4, 29), 0.02)
    soft[0, [0, 1, 2, 3], [5, 5, 7, 7]] = 0.4
    soft[0, :, -1] = 0.1, 0.1, 0.1, 0.9
    pitches, onsets = LESSON["from_roll"](soft)
    assert pitches.tolist() == [[64, 64, 66, 66]] and onsets.tolist() == [[True, False, True, True]]


@pytest.mark.parametrize("pitches", [[[58, 60]], [[60, 87]], [[60, 60, 60]]])
def test_rolls_refuse_what_does_not_fit(pitches):
    with pytest.raises(ValueError, match="Pitches from 59 to 86"):
        LESSON["to_roll"](np.array(pitches), np.ones((1, 2), bool))


@pytest.mark.parametrize("pitch", [59, 69, 86])
def test_the_sound_has_the_frequency_of_its_pitch_and_silence_between(pitch):
    sound = LESSON["sound_of"](np.full(8, pitch), np.eye(8, dtype=bool)[0])
    assert sound.shape == (8000,) and np.isfinite(sound).all()
    assert abs(np.abs(np.fft.rfft(sound)).argmax() - 440 * 2 ** ((pitch - 69) / 12)) < 1  # one second: bins of 1 Hz
    assert abs(sound[0]) < 1e-9 and abs(sound[-1]) < 1e-9, "no click at the ends"


def test_scale_consistency_is_the_same_in_every_key_and_low_for_chromatic_notes():
    consistency = LESSON["scale_consistency"]
    assert consistency(TEST[0] + 5, TEST[1]) == pytest.approx(consistency(*TEST))
    chromatic = np.tile(np.arange(60, 72), 2)[np.newaxis]
    assert consistency(chromatic, np.ones_like(chromatic, bool)) == pytest.approx(7 / 12)


def test_small_steps_count_notes_not_steps_and_stay_within_a_phrase():
    pitches, onsets = np.array([[60, 60, 62, 67], [80, 80, 80, 80]]), np.array([[1, 0, 1, 1], [1, 0, 1, 0]], bool)
    assert LESSON["small_steps"](pitches, onsets) == pytest.approx(2 / 3)  # 2, 5 and 0


def test_repetition_takes_the_best_pair_of_bars_and_tells_held_from_new():
    bars = np.array([[60, 62, 64, 65], [70, 70, 70, 70], [60, 62, 64, 71], [80, 81, 82, 83]]).reshape(1, 16)
    assert LESSON["repetition"](bars, np.ones_like(bars, bool)) == 0.75
    same = np.full((1, 16), 60)
    held = np.tile(np.array([[1, 0, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 1]], bool).reshape(1, 16), 1)
    assert LESSON["repetition"](same, held) == 0.75


def test_histograms_and_long_endings_of_known_phrases():
    pitches, onsets = np.full((2, 32), 62), np.zeros((2, 32), bool)
    onsets[:, 0] = onsets[0, 31] = True
    classes, lengths = LESSON["histograms"](pitches, onsets)
    assert classes[2] == 1 and lengths.tolist()[1] == lengths[31] == lengths[32] == pytest.approx(1 / 3)
    assert LESSON["long_endings"](pitches, onsets) == 0.5
    assert LESSON["overlap"](np.array([1, 0]), np.array([0.25, 0.75])) == 0.25
    assert LESSON["overlap"](classes, classes) == 1


def test_shuffling_keeps_each_note_and_loses_the_order():
    shuffled = LESSON["shuffled"](*TRAIN)
    kept, original = LESSON["histograms"](*shuffled), LESSON["histograms"](*TRAIN)
    assert LESSON["overlap"](kept[0], original[0]) > 0.98 and LESSON["overlap"](kept[1], original[1]) > 0.98
    assert LESSON["small_steps"](*shuffled) < LESSON["small_steps"](*TRAIN) - 0.2
    assert LESSON["repetition"](*shuffled) < LESSON["repetition"](*TRAIN) - 0.2


def test_cut_is_the_inverse_of_notes_of():
    for back, kept in zip(LESSON["cut"](*LESSON["notes_of"](*TEST)), TEST):
        np.testing.assert_array_equal(back, kept)


def test_the_markov_chain_makes_only_moves_of_the_corpus():
    pitches, onsets = LESSON["markov_phrases"](*TRAIN, count=20)
    assert pitches.shape == onsets.shape == (20, 32) and onsets[:, 0].all()
    sounding, _ = LESSON["notes_of"](*TRAIN)
    real = set(zip(sounding, np.append(sounding[1:], sounding[0])))
    moves = [pair for row, starts in zip(pitches, onsets) for pair in zip(row[starts], row[starts][1:])]
    assert set(moves) <= real and len(set(moves)) > 50


@pytest.mark.parametrize("length", [1, 4, 32])
def test_full_height_convolution_equals_keras(length):
    generator = np.random.default_rng(length)
    roll, kernel = generator.normal(size=(32, 29)), generator.normal(size=(length, 29, 6))
    layer = keras.layers.Conv1D(6, length, use_bias=False)
    layer.build((None, 32, 29))
    layer.set_weights([kernel])
    np.testing.assert_allclose(
        LESSON["full_height_convolution"](roll, kernel), layer(roll[np.newaxis].astype("float32"))[0], atol=1e-4
    )


@pytest.mark.parametrize("shapes", [((32, 29), (4, 28, 6)), ((3, 29), (4, 29, 6)), ((32, 29, 1), (4, 29, 6))])
def test_full_height_convolution_refuses_what_does_not_fit(shapes):
    with pytest.raises(ValueError, match="do not fit"):
        LESSON["full_height_convolution"](*(np.ones(shape) for shape in shapes))


def test_the_generator_writes_a_distribution_at_each_step():
    keras.utils.set_random_seed(0)
    rolls = LESSON["build_generator"](width=8, noise_size=4)(np.random.default_rng(0).normal(size=(3, 4))).numpy()
    assert rolls.shape == (3, 32, 29) and rolls.min() >= 0 and rolls.max() <= 1
    np.testing.assert_allclose(rolls[..., :-1].sum(axis=-1), 1, rtol=1e-5)


def test_the_critic_can_learn_to_see_that_a_bar_returns():
    """Phrases whose third bar equals the first, against phrases of the same bars in which it does not."""
    keras.utils.set_random_seed(0)
    bars = LESSON["to_roll"](*TRAIN).reshape(-1, 4, 8, 29)
    other = bars[np.random.default_rng(0).permutation(len(bars))]
    returning, strange = bars.copy(), bars.copy()
    returning[:, 2], strange[:, 2] = bars[:, 0], other[:, 0]
    examples = np.concatenate([returning, strange]).reshape(-1, 32, 29)
    labels = np.repeat([1.0, 0.0], len(bars))
    order = np.random.default_rng(1).permutation(len(labels))
    critic = LESSON["build_critic"](width=32)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    critic.compile(keras.optimizers.Adam(0.003), loss, jit_compile=False, steps_per_execution=10)
    critic.fit(examples[order[:2000]], labels[order[:2000]], epochs=12, batch_size=64, verbose=0)
    answers = critic.predict(examples[order[2000:]], batch_size=256, verbose=0)[:, 0] > 0
    assert (answers == labels[order[2000:]]).mean() > 0.7


def test_a_midi_file_holds_each_note_in_quarters_and_is_never_overwritten(tmp_path):
    path = tmp_path / "tune.mid"
    pitches, onsets = TEST[0][0], TEST[1][0]
    LESSON["save_midi"](pitches, onsets, path)
    notes = music21.midi.translate.midiFilePathToStream(str(path)).flatten().notes
    begins = np.flatnonzero(onsets)
    lengths = np.diff(np.append(begins, 32)) / 2
    assert [(note.pitch.midi, note.offset, note.quarterLength) for note in notes] == [
        (pitches[begin], begin / 2, length) for begin, length in zip(begins, lengths)
    ]
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        LESSON["save_midi"](pitches + 1, onsets, path)
    assert path.read_bytes() == before
