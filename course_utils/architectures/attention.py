"""Attention in NumPy, as lesson 401 writes it, for the pages after it."""

import numpy as np


def scaled_dot_product_attention(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Query (q, d), key (k, d), value (k, v) -> what each query found (q, v), and its weights (q, k).

    The score of a query and a key is their dot product divided by the root of d; softmax makes weights of the scores.
    `mask` (q, k) is True where a query may look at a key (Vaswani et al., 2017, section 3.2.1).
    """
    scores = query @ key.T / np.sqrt(key.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return weights @ value, weights
