"""Three generators of digits with different middles: lesson 507 compares them, `tools/generators.py` trains them.

Each turns a code of 16 random numbers into places by a dense layer. Then comes the layer that lets the places know of
each other: a transposed convolution, a GRU or a transformer block. A last layer draws the ink.
"""

import keras
import numpy as np
from keras import layers

from course_utils.architectures.gan import AdversarialModel, wasserstein_losses
from course_utils.architectures.transformer import encoder_block

KINDS = ("convolution", "GRU", "transformer")
WIDTHS = {"convolution": 21, "GRU": 72, "transformer": 42}  # each brings about 25,000 weights
CODE = 16  # random numbers behind a drawing
ROWS = 14
GRU_PLACE = 16  # numbers that the GRU reads for a row
CRITIC_RATE = 0.004
CRITIC_STEPS = 2
PENALTY = 10.0


def middle_layer(kind: str, places: keras.KerasTensor, width: int) -> keras.KerasTensor:
    """The middle of a kind: places -> places that know of others.

    Maps (n, 7, 7, width) to (n, 14, 14, width) for a convolution, (n, 14, ...) to (n, 14, width) for the two others.
    Raises ValueError for another kind.
    """
    if kind == "convolution":
        return layers.Conv2DTranspose(width, 4, strides=2, padding="same", activation="relu", name="middle")(places)
    if kind == "GRU":
        return layers.GRU(width, return_sequences=True, unroll=True, name="middle")(places)
    if kind == "transformer":
        places = encoder_block(places, heads=2, hidden=2 * width, name="middle")
        return layers.LayerNormalization(name="last_norm")(places)
    raise ValueError(f"There is no generator of the kind {kind!r}; it must be one of {', '.join(KINDS)}.")


def place_shape(kind: str, width: int) -> tuple[int, ...]:
    """What the dense layer makes of a code: 7 x 7 places for a convolution, 14 rows for the others."""
    return {"convolution": (7, 7, width), "GRU": (ROWS, GRU_PLACE)}.get(kind, (ROWS, width))


def drawer(kind: str, width: int | None = None) -> keras.Model:
    """Places -> images (n, 14, 14, 1) of ink from 0 to 1: the generator without its dense layer."""
    width = width or WIDTHS[kind]
    places = keras.Input(place_shape(kind, width))
    known = middle_layer(kind, places, width)
    pale = keras.initializers.Constant(-2.0)
    if kind == "convolution":
        ink = layers.Conv2D(1, 3, padding="same", activation="sigmoid", bias_initializer=pale, name="ink")(known)
    else:
        rows = layers.Dense(ROWS, activation="sigmoid", bias_initializer=pale, name="ink")(known)
        ink = layers.Reshape((ROWS, ROWS, 1))(rows)
    return keras.Model(places, ink, name="drawer")


def generator(kind: str, width: int | None = None, seed: int | None = None) -> keras.Model:
    """Codes (n, 16) -> images (n, 14, 14, 1): a dense layer, then the `drawer`, which is the last layer of the three.

    With a seed, these weights and all that is random afterwards, the critic and the game, are the same each time.
    """
    if seed is not None:
        keras.utils.set_random_seed(seed)
    draw = drawer(kind, width)
    shape = draw.input_shape[1:]
    spread = layers.Dense(int(np.prod(shape)), kernel_initializer="lecun_normal", name="spread")  # places of spread 1
    return keras.Sequential([keras.Input((CODE,)), spread, layers.Reshape(shape), draw])


def critic() -> keras.Model:
    """Images (n, 14, 14, 1) -> a score (n, 1), the same network for every generator."""
    return keras.Sequential(
        [
            keras.Input((14, 14, 1)),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def game_for(painter: keras.Model, rate: float, steps: int) -> AdversarialModel:
    """The game of lesson 304 against a new critic, compiled for `steps` steps of the generator.

    Wasserstein losses, a gradient penalty, two steps of the critic for each of the generator. Both use Adam, a rate that
    falls to zero on a cosine, and averaged weights. Raises ValueError unless steps is a multiple of 10.
    """
    if steps < 10 or steps % 10:
        raise ValueError(f"steps must be a multiple of 10, not {steps}.")

    def adam(rate: float, steps: int, network: keras.Model) -> keras.Optimizer:
        fall = keras.optimizers.schedules.CosineDecay(rate, steps)
        optimizer = keras.optimizers.Adam(fall, beta_1=0.5, use_ema=True, ema_momentum=0.99)
        optimizer.build(network.trainable_weights)
        return optimizer

    game = AdversarialModel(
        painter, critic(), wasserstein_losses, discriminator_steps=CRITIC_STEPS, penalty_weight=PENALTY
    )
    game.generator_optimizer = adam(rate, steps, painter)
    game.discriminator_optimizer = adam(CRITIC_RATE, CRITIC_STEPS * steps, game.discriminator)
    game.compile(steps_per_execution=10)
    return game


def average(game: AdversarialModel) -> keras.Model:
    """The generator of a game that was played, with the moving average of its weights."""
    game.generator_optimizer.finalize_variable_values(game.generator.trainable_weights)
    return game.generator


def draw(painter: keras.Model, count: int, seed: int) -> np.ndarray:
    """`count` drawings (count, 14, 14, 1), from codes that the seed fixes."""
    codes = np.random.default_rng(seed).normal(size=(count, *painter.input_shape[1:]))
    return painter.predict(codes.astype("float32"), verbose=0)


def changed_pixels(painter: keras.Model, place: int | tuple[int, ...], codes: np.ndarray) -> np.ndarray:
    """(14, 14): 1 where a drawing changes when one place of a `generator` gets what another code has there, else 0.

    `codes` (n, 16) are two at least. A pixel counts if it changes in any of the n drawings.
    """
    spread, shape, drawer = painter.layers
    places = np.array(shape(spread(codes)))
    changed = places.copy()
    at_place = (slice(None), *np.atleast_1d(place))
    changed[at_place] = places[::-1][at_place]
    difference = abs(np.array(drawer(changed)) - np.array(drawer(places)))
    return (difference > 1e-6).any(axis=0)[..., 0].astype(float)


def jumps(images: np.ndarray) -> tuple[float, float]:
    """Mean difference of ink between a pixel and the one below it, and between a pixel and the one right of it."""
    return float(abs(np.diff(images, axis=1)).mean()), float(abs(np.diff(images, axis=2)).mean())


def nearest_places(images: np.ndarray, train: np.ndarray) -> np.ndarray:
    """(n,): for each image (n, ...) the place of the nearest training image (m, ...), by the Euclidean distance."""
    images, train = images.reshape(len(images), -1), train.reshape(len(train), -1)
    products = images.astype("float64") @ train.T
    squares = (train.astype("float64") ** 2).sum(axis=1) - 2 * products  # but for the square of the image itself
    return squares.argmin(axis=1)


def rarest_share(images: np.ndarray, train: np.ndarray, labels: np.ndarray) -> float:
    """The share of the rarest of ten classes; a drawing counts for the class of its nearest training image."""
    found = np.asarray(labels)[nearest_places(images, train)]
    return float(np.bincount(found, minlength=10).min() / len(images))
