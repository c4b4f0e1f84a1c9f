"""The oldest test of a memory: keep one bit while noise comes in at every step (Bengio, Simard and Frasconi, 1994)."""

import numpy as np


def one_bit_messages(examples: int, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (examples, length, 1), and whether the message of each is +1 (examples,).

    The first number is the message, +1 or -1, all others are normal noise with a spread of 0.3. Lesson 201 writes this
    function on its page; a test compares the two.
    """
    random = np.random.default_rng(seed)
    sequences = random.normal(scale=0.3, size=(examples, length, 1))
    message = random.choice([-1, 1], size=examples)
    sequences[:, 0, 0] = message
    return sequences.astype("float32"), message > 0
