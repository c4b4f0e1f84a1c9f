"""Drawing the small letters of `load_small_letters`: networks, their training and a judge, for lessons 113 and 309."""

import math
from collections.abc import Mapping

import keras
import numpy as np
from keras import layers, ops

from course_utils.datasets.dataset import Dataset, Split
from course_utils.metrics.generation import distances_to_nearest, frechet_distance

BATCH = 64


def letter_encoder(outputs: int) -> keras.Model:
    """Letters (n, 12, 12, 1) -> numbers (n, outputs): the encoder of lesson 107."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(24, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(48, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(outputs),
        ],
        name="encoder",
    )


def letter_decoder(code_size: int) -> keras.Model:
    """Codes (n, code_size) -> logits of ink (n, 12, 12, 1): the decoder of lesson 107 without its last sigmoid."""
    return keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(6 * 6 * 24, activation="relu"),
            layers.Reshape((6, 6, 24)),
            layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="relu"),
            layers.Conv2D(1, 3, padding="same"),
        ],
        name="decoder",
    )


def falling_adam(rate: float, examples: int, epochs: int, **settings) -> keras.Optimizer:
    """Adam whose rate falls along a cosine to zero at the end of so many epochs in batches of 64."""
    steps = epochs * math.ceil(examples / BATCH)
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps), **settings)


def ink(decoder: keras.Model, codes: np.ndarray) -> np.ndarray:
    """Letters (n, 12, 12, 1) of ink from 0 to 1 that a decoder with logits draws from codes (n, code_size)."""
    logits = decoder.predict(np.asarray(codes, dtype="float32"), batch_size=500, verbose=0)
    return ops.convert_to_numpy(ops.sigmoid(logits))


class LetterJudge:
    """A small classifier, trained on the training letters; it describes a letter by 32 numbers of its last hidden layer.

    `distance` compares two sets of letters by the Fréchet distance of their descriptions.
    """

    def __init__(self, letters: Dataset, epochs: int = 10) -> None:
        self._describe = letter_encoder(32)
        self._classify = keras.Sequential(
            [
                self._describe,
                layers.ReLU(),
                layers.Dropout(0.3),
                layers.Dense(len(letters.details["letters"]), activation="softmax"),
            ]
        )
        images, labels = letters.train
        self._classify.compile(falling_adam(0.004, len(images), epochs), "sparse_categorical_crossentropy")
        self._classify.fit(images, labels, epochs=epochs, batch_size=BATCH, verbose=0)

    def accuracy(self, part: Split) -> float:
        """The share of letters of a part whose name it says."""
        said = self._classify.predict(part.inputs, batch_size=500, verbose=0).argmax(axis=1)
        return float(np.mean(said == part.targets))

    def describe(self, images: np.ndarray) -> np.ndarray:
        """Images (n, 12, 12, 1) -> (n, 32)."""
        return self._describe.predict(np.asarray(images, dtype="float32"), batch_size=500, verbose=0)

    def distance(self, images: np.ndarray, real: np.ndarray) -> float:
        """How far a set of images is from a set of real ones; 0 if mean and covariance of the descriptions are equal."""
        return frechet_distance(self.describe(images), self.describe(real))

    def report(self, sets: Mapping[str, np.ndarray], letters: Dataset) -> dict[str, dict[str, float]]:
        """For each named set of letters (n, 12, 12, 1) a row: how far it is from the test letters, and how near to copies.

        `to nearest` is the median distance of its first 300 to the nearest training letter, pixel by pixel; `under 0.2`
        the share of these that lie nearer than that.
        """
        rows = {}
        for name, images in sets.items():
            gaps = distances_to_nearest(images[:300], letters.train.inputs)
            rows[name] = {
                "distance": self.distance(images, letters.test.inputs),
                "to nearest": float(np.median(gaps)),
                "under 0.2": float(np.mean(gaps < 0.2)),
            }
        return rows


@keras.saving.register_keras_serializable(package="letter_drawings")
class VariationalAutoencoder(keras.Model):
    """The variational autoencoder of lesson 113; `compile()` needs an optimizer only, `predict` returns minus the bound.

    Minus the evidence lower bound (n,), in nats, of letters (n, 12, 12, 1) whose grey is the probability of ink.
    """

    def __init__(self, code_size: int = 8, **settings) -> None:
        super().__init__(**settings)
        self.code_size = code_size
        self.encoder, self.decoder = letter_encoder(2 * code_size), letter_decoder(code_size)
        self.randomness = keras.random.SeedGenerator()

    def get_config(self) -> dict:
        return {**super().get_config(), "code_size": self.code_size}

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        mean, log_variance = ops.split(self.encoder(images), 2, axis=-1)
        noise = keras.random.normal(ops.shape(mean), seed=self.randomness)
        logits = self.decoder(mean + ops.exp(log_variance / 2) * noise)
        restoring = ops.sum(ops.binary_crossentropy(images, logits, from_logits=True), axis=(1, 2, 3))
        telling = ops.sum(ops.exp(log_variance) + mean**2 - 1 - log_variance, axis=-1) / 2
        self.add_loss(ops.mean(restoring + telling))
        return restoring + telling


def score_of_prints(prints: np.ndarray, train: np.ndarray, groups: int | None) -> float:
    """Minus the mean log-likelihood, in nats, of black-and-white prints (n, ...) under groups of training letters (m, ...).

    A print comes from one group, drawn as often as the group occurs, and each of its pixels has ink with the group's own
    share. k-means sorts the letters into groups; None makes each letter a group of its own. The shares are drawn towards
    a half a little, so that none is 0 or 1. Raises ValueError for more groups than letters.
    """
    from scipy.special import logsumexp
    from sklearn.cluster import KMeans

    rows = np.reshape(train, (len(train), -1)).astype("float64")
    if groups is None:
        shares, weights = 0.02 + 0.96 * rows, np.full(len(rows), 1 / len(rows))
    else:
        place = KMeans(groups, n_init=1, random_state=0).fit_predict(rows)
        counts = np.bincount(place, minlength=groups)
        sums = np.stack([rows[place == group].sum(axis=0) for group in range(groups)])
        shares, weights = (sums + 0.5) / (counts[:, np.newaxis] + 1), counts / len(rows)
    flat = np.reshape(prints, (len(prints), -1)).astype("float64")
    by_group = flat @ np.log(shares).T + (1 - flat) @ np.log(1 - shares).T  # (n, groups)
    return float(-logsumexp(by_group + np.log(weights), axis=1).mean())


def letter_denoiser(steps: int, width: int = 32) -> keras.Model:
    """Noisy letters (n, 12, 12, 1) and the numbers (n,) of their steps -> the noise in them: the U-Net of lesson 309.

    Down to 3 x 3 and up again, with two bridges (Ronneberger and others, 2015). Each block is a small model of its own,
    `block_1` to `block_5`: it adds a shift to every channel, made of 32 learned numbers for the step. At 3 x 3 two dense
    layers look at the whole letter.
    """
    images = keras.Input((12, 12, 1), name="noisy")
    number = keras.Input((), dtype="int32", name="step_number")
    step = layers.Dense(64, activation="swish")(layers.Embedding(steps, 32)(number))
    made = []

    def block(maps: keras.KerasTensor, filters: int, strides: int = 1) -> keras.KerasTensor:
        inputs = [keras.Input(maps.shape[1:]), keras.Input(step.shape[1:])]
        inner = layers.Conv2D(filters, 3, strides=strides, padding="same")(inputs[0])
        shift = layers.Reshape((1, 1, filters))(layers.Dense(filters)(inputs[1]))
        outputs = layers.Activation("swish")(layers.Add()([inner, shift]))
        made.append(keras.Model(inputs, outputs, name=f"block_{len(made) + 1}"))
        return made[-1]([maps, step])

    fine = block(images, width // 2)  # 12 x 12
    middle = block(fine, width, strides=2)  # 6 x 6
    coarse = block(middle, 2 * width, strides=2)  # 3 x 3
    whole = layers.Concatenate()([layers.Flatten()(coarse), step])
    whole = layers.Dense(256, activation="swish")(whole)
    whole = layers.Dense(3 * 3 * 2 * width, activation="swish")(whole)
    maps = layers.Add()([coarse, layers.Reshape((3, 3, 2 * width))(whole)])
    for bridge in (middle, fine):
        filters = bridge.shape[-1]
        maps = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(maps)
        maps = block(layers.Concatenate()([maps, bridge]), filters)
    return keras.Model([images, number], layers.Conv2D(1, 3, padding="same")(maps), name="denoiser")
