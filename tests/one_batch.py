"""Many steps on one batch: can a network learn it by heart?"""

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402


def learn_by_heart(model: keras.Model, inputs: object, targets: object, steps: int) -> None:
    """Train a compiled model for so many steps on one batch, all in one epoch: an epoch for each takes several times as long."""
    batch = tf.data.Dataset.from_tensors((inputs, targets)).repeat()
    model.fit(batch, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)
