"""The adversarial game of lessons 301 to 304, for the lessons that follow: losses, penalty and the model that plays it."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

Losses = Callable[[Any, Any], tuple[Any, Any]]


def non_saturating_losses(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(discriminator, generator): mean of -ln D(real) - ln(1 - D(fake)), and mean of -ln D(fake) (Goodfellow et al., 2014)."""
    discriminator = ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    return discriminator, ops.mean(ops.softplus(-fake_logits))


def least_squares_losses(real_outputs: tf.Tensor, fake_outputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(discriminator, generator): half the mean squares of real - 1 and fake, and of fake - 1 (Mao et al., 2017)."""
    discriminator = (ops.mean(ops.square(real_outputs - 1)) + ops.mean(ops.square(fake_outputs))) / 2
    return discriminator, ops.mean(ops.square(fake_outputs - 1)) / 2


def wasserstein_losses(real_outputs: tf.Tensor, fake_outputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(critic, generator): mean of fake minus mean of real, and minus the mean of fake (Arjovsky et al., 2017).

    They say something only while the critic's slope is bounded: add a `gradient_penalty` or normalize its weights.
    """
    return ops.mean(fake_outputs) - ops.mean(real_outputs), -ops.mean(fake_outputs)


def gradient_penalty(critic: Callable[[tf.Tensor], tf.Tensor], real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Mean of (|gradient of the critic| - 1)^2 at one random point between each real and fake example (Gulrajani et al., 2017).

    `real` and `fake` have one shape (n, ...); the norm runs over all axes but the first.
    """
    share = keras.random.uniform((ops.shape(real)[0],) + (1,) * (len(real.shape) - 1))
    between = share * real + (1 - share) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        outputs = critic(between)
    slopes = tape.gradient(outputs, between)
    norms = ops.sqrt(ops.sum(ops.square(slopes), axis=tuple(range(1, len(real.shape)))) + 1e-12)  # finite slope at 0
    return ops.mean(ops.square(norms - 1))


class AdversarialModel(keras.Model):
    """A generator and a discriminator that take turns; `fit(examples)` or `fit(examples, conditions)` plays.

    The generator maps noise (n, *its first input's shape) to examples (n, ...), the discriminator examples to outputs
    (n, 1) or a map of outputs. With conditions both take a second input: generator([noise, condition]) and
    discriminator([example, condition]). Each turn makes `discriminator_steps` steps of the discriminator and one of the
    generator, with Adam (beta_1 0.5: Radford et al., 2016). `penalty_weight` times the `gradient_penalty` is added to the
    discriminator's loss. The metrics "discriminator" and "generator" are the means over the epoch of what the two steps
    return: the two losses, penalty included.
    Raises ValueError for networks whose numbers of inputs differ.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        losses: Losses = non_saturating_losses,
        generator_rate: float = 2e-4,
        discriminator_rate: float = 2e-4,
        discriminator_steps: int = 1,
        penalty_weight: float = 0.0,
        name: str = "adversarial_model",
    ) -> None:
        super().__init__(name=name)
        if len(generator.inputs) != len(discriminator.inputs):
            raise ValueError(
                f"The generator has {len(generator.inputs)} input(s) and the discriminator {len(discriminator.inputs)}: "
                "give both one, or both a second one for the condition."
            )
        if discriminator_steps < 1:
            raise ValueError(f"discriminator_steps must be at least 1, not {discriminator_steps}.")
        self.generator, self.discriminator, self.both_losses = generator, discriminator, losses
        self.discriminator_steps, self.penalty_weight = discriminator_steps, penalty_weight
        self.means = {player: keras.metrics.Mean(name=player) for player in ("discriminator", "generator")}
        self.generator_optimizer = keras.optimizers.Adam(generator_rate, beta_1=0.5)
        self.discriminator_optimizer = keras.optimizers.Adam(discriminator_rate, beta_1=0.5)
        self.generator_optimizer.build(generator.trainable_weights)
        self.discriminator_optimizer.build(discriminator.trainable_weights)

    def noise(self, count: int | tf.Tensor, seed: int | None = None) -> tf.Tensor:
        """Standard normal noise (count, *shape of the generator's first input)."""
        return keras.random.normal((count, *self.generator.inputs[0].shape[1:]), seed=seed)

    def outputs_of(self, examples: tf.Tensor, condition: tf.Tensor | None) -> tf.Tensor:
        """What the discriminator says in training about examples under a condition."""
        return self.discriminator(examples if condition is None else [examples, condition], training=True)

    def fakes(self, real: tf.Tensor, condition: tf.Tensor | None) -> tf.Tensor:
        """As many generated examples as real ones, under the same condition."""
        noise = self.noise(ops.shape(real)[0])
        return self.generator(noise if condition is None else [noise, condition], training=True)

    def discriminator_step(self, real: tf.Tensor, condition: tf.Tensor | None = None) -> tf.Tensor:
        """One step of the discriminator; returns its loss. No weight of the generator moves."""
        fake = self.fakes(real, condition)
        with tf.GradientTape() as tape:
            loss = self.both_losses(self.outputs_of(real, condition), self.outputs_of(fake, condition))[0]
            if self.penalty_weight:
                penalty = gradient_penalty(lambda between: self.outputs_of(between, condition), real, fake)
                loss = loss + self.penalty_weight * penalty
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    def generator_step(self, real: tf.Tensor, condition: tf.Tensor | None = None) -> tf.Tensor:
        """One step of the generator; returns its loss. No weight of the discriminator moves."""
        with tf.GradientTape() as tape:
            fake_outputs = self.outputs_of(self.fakes(real, condition), condition)
            loss = self.both_losses(fake_outputs, fake_outputs)[1]
        weights = self.generator.trainable_weights
        self.generator_optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        real, condition = data if isinstance(data, tuple) else (data, None)
        count = ops.shape(real)[0]  # the last batch of an epoch is smaller: it counts for less
        for _ in range(self.discriminator_steps):
            self.means["discriminator"].update_state(self.discriminator_step(real, condition), count)
        self.means["generator"].update_state(self.generator_step(real, condition), count)
        return {player: mean.result() for player, mean in self.means.items()}

    def sample(self, count_or_conditions: int | np.ndarray, seed: int | None = None) -> np.ndarray:
        """Generated examples: `count` of them, or one for each of the conditions (n, ...)."""
        if isinstance(count_or_conditions, int):
            return self.generator.predict(self.noise(count_or_conditions, seed), verbose=0)
        noise = self.noise(len(count_or_conditions), seed)
        return self.generator.predict([noise, np.asarray(count_or_conditions)], verbose=0)
