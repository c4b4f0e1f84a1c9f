"""What every training shows while it runs: a line an epoch, without timings."""

import re
from collections.abc import Callable, Mapping

import keras
import numpy as np

from course_utils.datasets.dataset import Split


class ProgressLine(keras.callbacks.Callback):
    """Print the epoch and its metrics. Use it with `fit(verbose=0, callbacks=[ProgressLine()])`.

    `every` prints each so-many-th epoch, the last one always. Keras's own bar stores timings and backspaces in the
    notebook, which differ from run to run.
    """

    def __init__(self, every: int = 1) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be at least 1, not {every}.")
        self.every = every

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        epochs = self.params["epochs"]
        if (epoch + 1) % self.every == 0 or epoch + 1 == epochs:
            measured = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
            print(f"epoch {epoch + 1:>{len(str(epochs))}}/{epochs}  {measured}")


def error_of(function: Callable[[], object], lines: int = 1) -> str:
    """Call the function; the first `lines` lines of the error that it raises, with its kind, or "no error".

    Empty lines are left out, and what makes a terminal print in bold.
    """
    try:
        function()
    except Exception as error:
        message = re.sub(r"\x1b\[\d*m", "", f"{type(error).__name__}: {error}")
        return "\n".join([line for line in message.splitlines() if line.strip()][:lines])
    return "no error"


def restart(network: keras.Model, build: Callable[[], keras.Model]) -> None:
    """Give a compiled network the random weights of a new `build()`, and its optimizer an empty memory.

    The graph that `compile` and the first `fit` made stays: a new training begins without the second or so that it costs
    to make one. The learning rate stays as it is. Raises ValueError if `build` makes another network, or if the
    network is not compiled.
    """
    if not network.compiled:
        raise ValueError("Compile the network first.")
    made = build()
    shapes = [weights.shape for weights in network.weights]
    if [weights.shape for weights in made.weights] != shapes:
        raise ValueError(f"`build` makes a network with other weights than the one to restart, which has {shapes}.")
    network.set_weights(made.get_weights())
    optimizer = network.optimizer
    empty = type(optimizer).from_config(optimizer.get_config())
    for one in (optimizer, empty):
        if not one.built:
            one.build(network.trainable_variables)
    for variable, value in zip(optimizer.variables, empty.variables):
        variable.assign(value)


def is_right(network: keras.Model, part: Split) -> np.ndarray:
    """For each example of a part, whether the class with the largest output (n, classes) is its own: (n,)."""
    outputs = keras.ops.convert_to_numpy(network(part.inputs))
    return outputs.argmax(axis=1) == part.targets
