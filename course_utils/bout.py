"""The bout: four tasks, five networks of equally many weights, one training. `tools/bout.py` runs it, lesson 502 reads it.

A convolution gets a grid of pixels or a row of steps. A recurrent layer and attention read patches; how long these are is
chosen on the validation part, like the learning rate. Words become vectors first, which are not counted as weights.
"""

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from course_utils.architectures.rnn import recurrent_stack
from course_utils.architectures.transformer import PositionEmbedding, encoder_block
from course_utils.datasets.dataset import Split
from course_utils.scale import scale

WEIGHTS = 20_000
BATCH = 64
CHECKS = 10  # looks at the validation part in one training; the weights of the best one are kept
WORD_WIDTH, WORDS, SENTENCE = 16, 6000, 32
NETWORKS = ("dense", "convolution", "LSTM", "GRU", "transformer")


class Task(NamedTuple):
    """A problem of the bout: its parts, the number of classes, and for text the word of each code."""

    name: str
    train: Split
    validation: Split
    test: Split
    classes: int
    words: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.train.inputs.ndim == 2

    def first(self, share: float) -> Split:
        """The first part of the training examples, at least one batch."""
        count = max(BATCH, round(share * len(self.train.targets)))
        return Split(self.train.inputs[:count], self.train.targets[:count])


def signals() -> Task:
    """MNIST-1D: 4000 / 1000 / 1000 signals (40, 1), ten classes; each part is drawn afresh."""
    from course_utils.datasets.mnist1d import mnist1d

    parts = [mnist1d(count, seed, channels=True) for seed, count in enumerate((4000, 1000, 1000))]
    return Task("signals", *parts, classes=10)


def images() -> Task:
    """Handwritten digits: 3500 / 500 / 1000 images (28, 28, 1), ten classes (more at the full scale)."""
    from course_utils.datasets import load_digits

    digits = load_digits()
    return Task("images", digits.train, digits.validation, digits.test, classes=10)


def speech() -> Task:
    """Spoken digits of new voices: log-mel spectrograms (60, 32), each clip placed at four random moments.

    At the full scale there are enough clips, and four placements would not fit into the memory: there it is one.
    """
    from course_utils.datasets.speech import load_spoken_digits, log_mel, place_at_random

    spoken = load_spoken_digits()
    times = scale(quick=4, full=1)
    parts = []
    for seed, part in enumerate((spoken.train, spoken.validation, spoken.test)):
        clips = np.repeat(np.arange(len(part.targets)), times)
        sounds, digits = place_at_random(part, clips, seed)
        parts.append(Split(log_mel(sounds, spoken.details["rate"])[:, :60], digits))
    return Task("speech", *parts, classes=10)


def sentences() -> Task:
    """Sentences about films, 32 codes of words each (0 is padding): is it praise?"""
    from course_utils.datasets.reviews import encode_words, load_reviews

    reviews = load_reviews()
    parts = []
    for part in (reviews.train, reviews.validation, reviews.test):
        codes = encode_words(part.texts, reviews.details["vocabulary"][:WORDS], SENTENCE)
        parts.append(Split(codes, part.labels))
    return Task("sentences", *parts, classes=2, words=tuple(reviews.details["vocabulary"][:WORDS]))


TASKS: dict[str, Callable[[], Task]] = {
    "signals": signals,
    "images": images,
    "speech": speech,
    "sentences": sentences,
}


def patches(name: str, task: str) -> tuple[int, ...]:
    """The lengths of patches that a network may choose from on a task, in steps or pixels a side; 1 is no patch."""
    if name == "transformer" and task == "images":
        return (4, 7, 14)
    if name in ("LSTM", "GRU", "transformer"):
        return {"signals": (1, 4, 8), "speech": (1, 2, 4)}.get(task, (1,))
    return (1,)


def build(name: str, task: Task, width: int, patch: int = 1) -> keras.Model:
    """One of `NETWORKS` for a task; `width` is the number of units of its layers. Its outputs are logits (n, classes).

    LSTM and GRU read an image row by row, all else in patches of `patch` steps; the transformer cuts an image into squares
    of `patch` pixels a side. Raises ValueError for another name.
    """
    inputs = keras.Input(task.train.inputs.shape[1:])
    stream = inputs
    if task.is_text:
        recurrent = name in ("LSTM", "GRU")  # Keras lets these skip padding; the transformer gets a mask of its own
        stream = layers.Embedding(WORDS, WORD_WIDTH, mask_zero=recurrent)(inputs)
    if name == "dense":
        stream = _dense(stream, width)
    elif name == "convolution":
        stream = _convolution(stream, width)
    elif name in ("LSTM", "GRU"):
        if len(stream.shape) == 4:  # an image is read row by row
            stream = layers.Reshape(stream.shape[1:3])(stream)
        elif patch > 1:  # fewer, longer steps
            stream = layers.Reshape((-1, patch * stream.shape[2]))(stream)
        stream = recurrent_stack(stream, width, kind=name, bidirectional=True)
    elif name == "transformer":
        words = ops.not_equal(inputs, 0) if task.is_text else None
        stream = _transformer(stream, width, patch, words)
    else:
        raise ValueError(f"There is no network {name!r} in the bout; it must be one of {', '.join(NETWORKS)}.")
    return keras.Model(inputs, layers.Dense(task.classes)(stream), name=name)


def _dense(stream: keras.KerasTensor, width: int) -> keras.KerasTensor:
    stream = layers.Flatten()(stream)
    for _ in range(2):
        stream = layers.Dense(width, activation="relu")(stream)
    return stream


def _convolution(stream: keras.KerasTensor, width: int) -> keras.KerasTensor:
    """Three convolutions, each on half as many places as the one before, then the largest answer of each filter."""
    if len(stream.shape) == 4:
        for filters in (width, 2 * width, 2 * width):
            stream = layers.Conv2D(filters, 3, padding="same", activation="relu")(stream)
            stream = layers.MaxPooling2D()(stream)
        return layers.Flatten()(stream)
    for _ in range(3):
        stream = layers.Conv1D(width, 5, padding="same", activation="relu")(stream)
        stream = layers.MaxPooling1D()(stream)
    return layers.GlobalMaxPooling1D()(stream)


def _transformer(
    stream: keras.KerasTensor, width: int, patch: int, words: keras.KerasTensor | None
) -> keras.KerasTensor:
    """Patches become vectors; two blocks of attention with two heads; the mean over the places (of `words` only)."""
    if len(stream.shape) == 4:
        stream = layers.Conv2D(width, patch, strides=patch)(stream)
        stream = layers.Reshape((-1, width))(stream)
    elif patch > 1:
        stream = layers.Conv1D(width, patch, strides=patch)(stream)
    else:
        stream = layers.Dense(width)(stream)
    stream = PositionEmbedding(stream.shape[1])(stream)
    looked_at = None if words is None else ops.expand_dims(words, 1)  # (n, 1, length): for all queries
    for name in ("encoder_1", "encoder_2"):
        stream = encoder_block(stream, heads=2, hidden=2 * width, mask=looked_at, name=name)
    stream = layers.LayerNormalization()(stream)
    return layers.GlobalAveragePooling1D()(stream, mask=words)


def count_weights(model: keras.Model) -> int:
    """Its weights without the vectors of the words."""
    of_words = sum(layer.count_params() for layer in model.layers if isinstance(layer, layers.Embedding))
    return model.count_params() - of_words


def fitting_width(name: str, task: Task, patch: int = 1, weights: int = WEIGHTS) -> int:
    """The width whose number of weights comes nearest to `weights`; a transformer's is a multiple of its two heads."""
    step = 2 if name == "transformer" else 1
    return step * nearest(lambda times: count_weights(build(name, task, step * times, patch)), weights)


def nearest(size_of: Callable[[int], int], wanted: int) -> int:
    """The whole number from 1 to 400 whose size, which grows with it, comes nearest to `wanted`."""
    enough = bisect_left(range(1, 401), wanted, key=size_of) + 1  # the least that is not too small
    around = [number for number in (enough - 1, enough) if 1 <= number <= 400]
    return min(around, key=lambda number: abs(size_of(number) - wanted))


class KeepBest(keras.callbacks.Callback):
    """Look at the validation part after each epoch; at the end the model has the weights of the best look."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.best, self.weights = -1.0, self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs["val_accuracy"] > self.best:
            self.best, self.weights = logs["val_accuracy"], self.model.get_weights()

    def on_train_end(self, logs: dict | None = None) -> None:
        self.model.set_weights(self.weights)


def prepare(name: str, task: Task, width: int, patch: int, rate: float, steps: int, seed: int) -> keras.Model:
    """A new network, compiled: Adam, whose rate falls to zero on a cosine over `steps` steps."""
    keras.utils.set_random_seed(seed)
    model = build(name, task, width, patch)
    fall = keras.optimizers.schedules.CosineDecay(rate, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(fall), loss, metrics=["accuracy"], steps_per_execution=10)
    return model


def train(
    name: str, task: Task, width: int, patch: int, rate: float, steps: int, seed: int, share: float = 1.0
) -> tuple[keras.Model, float]:
    """Train anew for `steps` steps on the first `share` of the examples; the model and its best validation accuracy.

    `steps` must be a multiple of 100: ten looks at the validation part, ten steps in one call.
    """
    if steps < 100 or steps % 100:
        raise ValueError(f"steps must be a multiple of 100, not {steps}.")
    model = prepare(name, task, width, patch, rate, steps, seed)
    examples = batches(task.first(share), seed)
    keep = KeepBest()
    model.fit(
        examples,
        epochs=CHECKS,
        steps_per_epoch=steps // CHECKS,
        validation_data=task.validation,
        validation_batch_size=250,
        callbacks=[keep],
        shuffle=False,  # `batches` shuffles
        verbose=0,
    )
    return model, keep.best


def batches(part: Split, seed: int):
    """Batches of 64 without end, shuffled anew in each pass: a tf.data.Dataset."""
    import tensorflow as tf

    examples = tf.data.Dataset.from_tensor_slices((part.inputs, part.targets))
    return examples.shuffle(len(part.targets), seed=seed).repeat().batch(BATCH, drop_remainder=True)


def test_accuracy(model: keras.Model, task: Task) -> float:
    """The share of the test part that it gets right."""
    logits = model.predict(task.test.inputs, batch_size=250, verbose=0)
    return float((logits.argmax(axis=-1) == task.test.targets).mean())


class Rival(NamedTuple):
    """The strongest cheap rival of a task: its name, and the shares that it gets right."""

    name: str
    validation: float
    test: float


def rival(task: Task, seed: int = 0) -> Rival:
    """No network is trained: ridge regression on random filters for signals, speech and images, counted words for sentences.

    Its one setting, for sentences the kind of classifier too, is chosen on the validation part. `seed` draws the filters.
    Raises KeyError for a task that is not of the bout.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, RidgeClassifier
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def as_text(inputs: np.ndarray) -> list[str]:
        return [" ".join(str(code) for code in row if code > 1) for row in inputs]

    words = {"ngram_range": (1, 2), "token_pattern": r"\d+"}
    ridges = [make_pipeline(StandardScaler(), RidgeClassifier(alpha)) for alpha in (10, 100, 1000)]
    logistic = [
        make_pipeline(TfidfVectorizer(**words, sublinear_tf=True), LogisticRegression(C=c, max_iter=500))
        for c in (1, 3, 10)
    ]
    bayes = [
        make_pipeline(CountVectorizer(**words, binary=True), MultinomialNB(alpha=alpha)) for alpha in (0.3, 1.0, 3.0)
    ]
    name, prepare, candidates = {
        "signals": ("ridge on random filters", partial(largest_answers, seed=seed), ridges),
        "images": ("ridge on random filters", partial(largest_answers_of_images, seed=seed), ridges),
        "speech": ("ridge on random filters", partial(largest_answers, seed=seed), ridges),
        "sentences": ("counted words and pairs", as_text, logistic + bayes),
    }[task.name]
    train_inputs = prepare(task.train.inputs)
    validation_inputs = prepare(task.validation.inputs)
    best = None
    best_share = -1.0
    for candidate in candidates:
        candidate.fit(train_inputs, task.train.targets)
        share = candidate.score(validation_inputs, task.validation.targets)
        if share > best_share:
            best, best_share = candidate, share
    return Rival(name, best_share, best.score(prepare(task.test.inputs), task.test.targets))


def largest_answers(sequences: np.ndarray, count: int = 1000, window: int = 9, seed: int = 0) -> np.ndarray:
    """The largest answer of each of `count` random filters on sequences (n, steps, channels): (n, count).

    A convolution that nobody trains; a small form of ROCKET (Dempster, Petitjean and Webb, 2020, arXiv:1910.13051).
    """
    channels = sequences.shape[2]
    filters = np.random.default_rng(seed).normal(size=(channels * window, count)).astype("float32")
    filters -= filters.mean(axis=0)  # so a constant adds nothing
    windows = np.lib.stride_tricks.sliding_window_view(sequences, window, axis=1)  # (n, places, channels, window)
    answers = np.empty((len(sequences), count), dtype="float32")
    for number, places in enumerate(windows):
        answers[number] = (places.reshape(len(places), -1) @ filters).max(axis=0)
    return answers


def largest_answers_of_images(images: np.ndarray, count: int = 100, window: int = 7, seed: int = 0) -> np.ndarray:
    """The same for images (n, height, width, 1): of each random filter the largest answer in each of 4 x 4 fields.

    The fields keep roughly where on the image a filter answered: (n, 16 * count).
    """
    filters = np.random.default_rng(seed).normal(size=(window * window, count)).astype("float32")
    filters -= filters.mean(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view(images[..., 0], (window, window), axis=(1, 2))
    height, width = windows.shape[1:3]
    answers = np.empty((len(images), 16 * count), dtype="float32")
    for number, places in enumerate(windows):
        at_places = (places.reshape(height * width, -1) @ filters).reshape(height, width, count)
        fields = [part for rows in np.array_split(at_places, 4) for part in np.array_split(rows, 4, axis=1)]
        answers[number] = np.concatenate([field.max(axis=(0, 1)) for field in fields])
    return answers
