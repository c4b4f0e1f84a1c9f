"""Two tasks that ask a recurrent layer for a memory, made by a rule: a long one for one bit, a short one for a sum."""

import numpy as np


def one_bit_messages(examples: int, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (examples, length, 1), and whether the message of each is +1 (examples,).

    The first number is the message, +1 or -1, all others are normal noise with a spread of 0.3 (after Bengio, Simard and
    Frasconi, 1994). Lesson 201 writes this function on its page; a test compares the two.
    """
    random = np.random.default_rng(seed)
    sequences = random.normal(scale=0.3, size=(examples, length, 1))
    message = random.choice([-1, 1], size=examples)
    sequences[:, 0, 0] = message
    return sequences.astype("float32"), message > 0


def fading_sums(examples: int, seed: int, length: int = 30, fade: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Normal numbers of spread 0.3 (examples, length, 1), and their sums (examples, 1), in which old numbers fade.

    The last number counts 1, each earlier one `fade` times as much as the one after it.
    """
    numbers = np.random.default_rng(seed).normal(scale=0.3, size=(examples, length, 1))
    counts = fade ** np.arange(length)[::-1]
    return numbers.astype("float32"), (numbers[:, :, 0] @ counts[:, np.newaxis]).astype("float32")
