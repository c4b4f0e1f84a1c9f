"""The fifth task of the bout: draw new digits of 14 x 14 pixels. `tools/bout.py` runs it, lesson 503 reads it.

A GAN, a variational autoencoder and a diffusion model draw with networks of equally many weights. Lessons 302, 113 and 309
build them step by step; here each is as short as it can be.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from course_utils.architectures.gan import AdversarialModel
from course_utils.bout import nearest
from course_utils.datasets.digits import load_embedded_digits
from course_utils.datasets.pictures import half_as_large
from course_utils.metrics.generation import cluster_normals, frechet_distance

ARTISTS = ("GAN", "VAE", "diffusion")
RIVALS = ("one normal", "twenty normals")
STRENGTHS = (1.0, 1.25, 1.5, 1.75, 2.0)
WEIGHTS = 60_000  # of the network that draws
BATCH = 64
CODE = 16  # random numbers behind a drawing of a GAN or a VAE
NOISE_STEPS = 100
Draw = Callable[[int, int], np.ndarray]  # (count, seed) -> images (count, 14, 14, 1) of ink from 0 to 1


class Digits(NamedTuple):
    """Images (n, 14, 14, 1), float32, of ink from 0 to 1."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    labels: np.ndarray  # of train


def small_digits() -> Digits:
    """The embedded digits, halved in size: 3500 / 500 / 1000, at every scale those of the stored bout."""
    digits = load_embedded_digits()
    images = [half_as_large(part.inputs) for part in (digits.train, digits.validation, digits.test)]
    return Digits(*images, digits.train.targets)


def train_judge(digits: Digits) -> keras.Model:
    """A small classifier without its last layer, as in lesson 302: images -> 32 numbers each. Its start is always the same."""
    keras.utils.set_random_seed(0)
    describe = keras.Sequential(
        [
            keras.Input((14, 14, 1)),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(32, activation="relu"),
        ]
    )
    judge = keras.Sequential([describe, layers.Dense(10, activation="softmax")])
    judge.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy")
    judge.fit(digits.train, digits.labels, epochs=6, batch_size=64, verbose=0)
    return describe


def distance(describe: keras.Model, first: np.ndarray, second: np.ndarray) -> float:
    """The Fréchet distance of two sets of images, in the numbers of the judge."""
    return frechet_distance(describe.predict(first, verbose=0), describe.predict(second, verbose=0))


def rival(name: str, train: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Digits drawn without a network, from one normal distribution or from twenty, one for each group of similar images.

    Raises ValueError for another name.
    """
    if name not in RIVALS:
        raise ValueError(f"There is no rival {name!r}; it must be one of {', '.join(RIVALS)}.")
    return cluster_normals(train, 1 if name == "one normal" else 20, count, seed)


def grey_share(images: np.ndarray) -> float:
    """The share of pixels that are grey: ink between 0.25 and 0.75."""
    return float(((images > 0.25) & (images < 0.75)).mean())


def with_contrast(images: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Ink pushed away from 0.5 by the one of five strengths (1 changes nothing) whose share of grey comes nearest to `like`."""
    tried = [(0.5 + strength * (images - 0.5)).clip(0, 1).astype("float32") for strength in STRENGTHS]
    gaps = [abs(grey_share(one) - grey_share(like)) for one in tried]
    return tried[int(np.argmin(gaps))]


def drawing_network(width: int) -> keras.Model:
    """Codes (n, 16) -> logits of ink (n, 14, 14, 1): what draws in the GAN and in the VAE."""
    return keras.Sequential(
        [
            keras.Input((CODE,)),
            layers.Dense(7 * 7 * width, activation="relu"),
            layers.Reshape((7, 7, width)),
            layers.Conv2DTranspose(width, 4, strides=2, padding="same", activation="relu"),
            layers.Conv2D(1, 3, padding="same"),
        ]
    )


def looking_network(outputs: int) -> keras.Model:
    """Images (n, 14, 14, 1) -> numbers (n, outputs): the discriminator of the GAN, the encoder of the VAE."""
    return keras.Sequential(
        [
            keras.Input((14, 14, 1)),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(64, 3, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dropout(0.3 if outputs == 1 else 0.0),
            layers.Dense(outputs),
        ]
    )


def denoiser(width: int) -> keras.Model:
    """Noisy images and the numbers of their steps -> the noise in them: a small U-Net (Ronneberger and others, 2015)."""
    images = keras.Input((14, 14, 1))
    steps = keras.Input((), dtype="int32")
    step = layers.Dense(32, activation="swish")(layers.Embedding(NOISE_STEPS, 32)(steps))

    def block(inputs: keras.KerasTensor, filters: int, strides: int = 1) -> keras.KerasTensor:
        outputs = layers.Conv2D(filters, 3, strides=strides, padding="same")(inputs)
        shift = layers.Reshape((1, 1, filters))(layers.Dense(filters)(step))
        return layers.Activation("swish")(outputs + shift)

    fine = block(layers.ZeroPadding2D(1)(images), width)  # 16 x 16
    middle = block(fine, width, strides=2)
    coarse = block(middle, 2 * width, strides=2)  # 4 x 4
    whole = layers.Concatenate()([layers.Flatten()(coarse), step])
    whole = layers.Dense(2 * width, activation="swish")(whole)  # looks at the whole digit at once
    whole = layers.Dense(4 * 4 * 2 * width, activation="swish")(whole)
    coarse = coarse + layers.Reshape((4, 4, 2 * width))(whole)
    for bridge in (middle, fine):
        coarse = layers.Conv2DTranspose(width, 4, strides=2, padding="same")(coarse)
        coarse = block(layers.Concatenate()([coarse, bridge]), width)
    noise = layers.Conv2D(1, 3, padding="same")(layers.Cropping2D(1)(coarse))
    return keras.Model([images, steps], noise)


def fitting_width(name: str, weights: int = WEIGHTS) -> int:
    """The width whose drawing network has as nearly as possible `weights` weights."""
    make = denoiser if name == "diffusion" else drawing_network
    return nearest(lambda width: make(width).count_params(), weights)


class VAE(keras.Model):
    """A variational autoencoder (Kingma and Welling, 2014) with black-and-white ink; `compile()` needs an optimizer only."""

    def __init__(self, decoder: keras.Model) -> None:
        super().__init__(name="vae")
        self.encoder, self.decoder = looking_network(2 * CODE), decoder
        self.randomness = keras.random.SeedGenerator()

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        mean, log_variance = ops.split(self.encoder(images), 2, axis=-1)
        noise = keras.random.normal(ops.shape(mean), seed=self.randomness)
        logits = self.decoder(mean + ops.exp(log_variance / 2) * noise)
        restoring = ops.sum(ops.binary_crossentropy(images, logits, from_logits=True), axis=(1, 2, 3))
        divergence = ops.sum(ops.exp(log_variance) + mean**2 - 1 - log_variance, axis=-1) / 2
        self.add_loss(ops.mean(restoring + divergence))
        return logits


class Diffusion(keras.Model):
    """Learns which noise was added (Ho, Jain and Abbeel, 2020); images here run from -1 to 1."""

    def __init__(self, denoiser: keras.Model) -> None:
        super().__init__(name="diffusion")
        self.denoiser = denoiser
        self.kept = np.cumprod(1 - np.linspace(0.001, 0.2, NOISE_STEPS)).astype("float32")
        self.randomness = keras.random.SeedGenerator()

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        steps = keras.random.randint(ops.shape(images)[:1], 0, NOISE_STEPS, seed=self.randomness)
        noise = keras.random.normal(ops.shape(images), seed=self.randomness)
        kept = ops.reshape(ops.take(self.kept, steps), (-1, 1, 1, 1))
        guess = self.denoiser([ops.sqrt(kept) * images + ops.sqrt(1 - kept) * noise, steps])
        self.add_loss(ops.mean((guess - noise) ** 2))
        return guess

    def sample(self, count: int, seed: int) -> np.ndarray:
        """From noise to images, 100 steps: (count, 14, 14, 1) from -1 to 1."""
        random = np.random.default_rng(seed)
        images = random.normal(size=(count, 14, 14, 1))
        for step in reversed(range(NOISE_STEPS)):
            now = self.kept[step]
            before = self.kept[step - 1] if step else 1.0
            guess = self.denoiser.predict_on_batch([images.astype("float32"), np.full(count, step, "int32")])
            clean = np.clip((images - np.sqrt(1 - now) * guess) / np.sqrt(now), -1, 1)
            of_clean = np.sqrt(before) * (1 - now / before) / (1 - now)
            of_image = np.sqrt(now / before) * (1 - before) / (1 - now)
            spread = np.sqrt((1 - now / before) * (1 - before) / (1 - now))
            images = of_clean * clean + of_image * images + spread * random.normal(size=images.shape)
        return images.clip(-1, 1)


def train(name: str, digits: Digits, width: int, rate: float, steps: int, seed: int) -> Draw:
    """Train one of `ARTISTS` for `steps` steps (a multiple of 10); a function that draws. Raises ValueError otherwise.

    All use Adam, a rate that falls to zero on a cosine, and at the end the moving average of the weights.
    """
    if name not in ARTISTS or steps < 10 or steps % 10:
        raise ValueError(f"{name!r} must be one of {', '.join(ARTISTS)}, and steps a multiple of 10, not {steps}.")
    keras.utils.set_random_seed(seed)

    def adam(**settings) -> keras.Optimizer:
        fall = keras.optimizers.schedules.CosineDecay(rate, steps)
        return keras.optimizers.Adam(fall, use_ema=True, ema_momentum=0.99, **settings)

    if name == "diffusion":
        model = Diffusion(denoiser(width))
        images = 2 * digits.train - 1
        model(images[:2])
        model.compile(adam(), steps_per_execution=10)
    elif name == "VAE":
        model = VAE(drawing_network(width))
        images = digits.train
        model(images[:2])
        model.compile(adam(), steps_per_execution=10)
    else:
        pale = keras.initializers.Constant(-2.0)
        generator = drawing_network(width)
        generator.layers[-1].bias.assign(pale((1,)))
        generator = keras.Sequential([generator, layers.Activation("sigmoid")])
        generator.build((None, CODE))
        images = digits.train
        model = AdversarialModel(generator, looking_network(1))
        model.generator_optimizer, model.discriminator_optimizer = adam(beta_1=0.5), adam(beta_1=0.5)
        model.generator_optimizer.build(model.generator.trainable_weights)
        model.discriminator_optimizer.build(model.discriminator.trainable_weights)
        model.compile(steps_per_execution=10)
    model.fit(batches(images, seed), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)  # shuffled already
    if name == "GAN":
        model.generator_optimizer.finalize_variable_values(model.generator.trainable_weights)

    def draw(count: int, seed: int) -> np.ndarray:
        if name == "diffusion":
            return ((model.sample(count, seed) + 1) / 2).astype("float32")
        codes = np.random.default_rng(seed).normal(size=(count, CODE)).astype("float32")
        if name == "GAN":
            return model.generator.predict(codes, verbose=0)
        return ops.convert_to_numpy(ops.sigmoid(model.decoder.predict(codes, verbose=0)))

    return draw


def batches(images: np.ndarray, seed: int):
    """Batches of 64 without end, shuffled anew in each pass: a tf.data.Dataset."""
    import tensorflow as tf

    examples = tf.data.Dataset.from_tensor_slices(images)
    return examples.shuffle(len(images), seed=seed).repeat().batch(BATCH, drop_remainder=True)
