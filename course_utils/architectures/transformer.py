"""Transformer blocks, positions and masks for the lessons after 401 (attention by hand) and 402 (a block, line by line).

The blocks are functions that connect Keras's own layers. Only the positions need a layer of their own; it is registered,
so `keras.models.load_model` restores a model once this file is imported. Each block normalizes before its halves (Xiong et
al., 2020), so the stream after the last block needs one more LayerNormalization.
"""

from typing import Literal

import keras
import numpy as np
from keras import layers, ops


def sinusoidal_positions(length: int, width: int) -> np.ndarray:
    """Positions 0 to length - 1 as sines and cosines (Vaswani et al., 2017, section 3.5): (length, width), float64.

    Raises ValueError if one of the two is below 1.
    """
    if length < 1 or width < 1:
        raise ValueError(f"length and width must be at least 1, not {length} and {width}.")
    position, column = np.arange(length)[:, None], np.arange(width)[None, :]
    angle = position / 10000 ** (2 * (column // 2) / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))


@keras.saving.register_keras_serializable(package="course_utils")
class PositionEmbedding(layers.Layer):
    """Adds a vector for each place: (n, length, width) -> (n, length, width), for any length up to max_length.

    "learned" vectors start near 0 and are trained (Gehring et al., 2017); "sinusoidal" ones are fixed. Raises ValueError
    for another kind, and for a sequence that is longer than max_length where its length is known.
    """

    def __init__(self, max_length: int, kind: Literal["learned", "sinusoidal"] = "learned", **settings) -> None:
        super().__init__(**settings)
        if max_length < 1:
            raise ValueError(f"max_length must be at least 1, not {max_length}.")
        if kind not in ("learned", "sinusoidal"):
            raise ValueError(f"kind is {kind!r}; it must be 'learned' or 'sinusoidal'.")
        self.max_length, self.kind = max_length, kind
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = (self.max_length, input_shape[-1])
        if self.kind == "learned":
            start = keras.initializers.RandomNormal(stddev=0.02)
            self.positions = self.add_weight(shape=shape, initializer=start, name="positions")
        else:
            self.positions = sinusoidal_positions(*shape).astype("float32")

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        self._refuse_too_long(inputs.shape)
        positions = ops.cast(self.positions, self.compute_dtype)
        return inputs + positions[: ops.shape(inputs)[1]]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        self._refuse_too_long(input_shape)
        return input_shape

    def get_config(self) -> dict:
        return super().get_config() | {"max_length": self.max_length, "kind": self.kind}

    def _refuse_too_long(self, shape: tuple[int | None, ...]) -> None:
        if shape[1] is not None and shape[1] > self.max_length:
            raise ValueError(f"The sequence has {shape[1]} places, but there are positions for {self.max_length} only.")


def padding_mask(tokens: keras.KerasTensor) -> keras.KerasTensor:
    """True where a key is a token and not padding, code 0: (n, length) -> (n, 1, length), the same for every query."""
    return ops.expand_dims(ops.not_equal(tokens, 0), axis=1)


def encoder_block(
    stream: keras.KerasTensor,
    heads: int,
    hidden: int | None = None,
    mask: keras.KerasTensor | None = None,
    causal: bool = False,
    dropout: float = 0.0,
    name: str = "encoder_1",
) -> keras.KerasTensor:
    """Self-attention, then a feed-forward part, each added to the stream (Vaswani et al., 2017): (n, length, width) -> the same.

    `mask` (n, 1 or length, length) is True where a query may look; `causal` hides the future as well, which makes it the
    block of a decoder-only model. `hidden` is the width inside the feed-forward part, 4 x width if not given. Raises
    ValueError if the heads do not divide the width.
    """
    normal = layers.LayerNormalization(name=f"{name}_attention_norm")(stream)
    stream = stream + _attend(normal, normal, heads, mask, causal, dropout, f"{name}_attention")
    return _feed_forward(stream, hidden, dropout, name)


def decoder_block(
    stream: keras.KerasTensor,
    memory: keras.KerasTensor,
    heads: int,
    hidden: int | None = None,
    memory_mask: keras.KerasTensor | None = None,
    dropout: float = 0.0,
    name: str = "decoder_1",
) -> keras.KerasTensor:
    """Causal self-attention, attention to the encoder's memory, a feed-forward part: stream (n, t, width) -> the same.

    `memory` is (n, length, any width); `memory_mask` (n, 1 or t, length) is True where it may be read. Otherwise as
    `encoder_block`.
    """
    normal = layers.LayerNormalization(name=f"{name}_attention_norm")(stream)
    stream = stream + _attend(normal, normal, heads, None, True, dropout, f"{name}_attention")
    normal = layers.LayerNormalization(name=f"{name}_cross_norm")(stream)
    stream = stream + _attend(normal, memory, heads, memory_mask, False, dropout, f"{name}_cross")
    return _feed_forward(stream, hidden, dropout, name)


def attention_scores(model: keras.Model, layer_name: str) -> keras.Model:
    """A model with the same inputs whose output is the attention weights of one layer of a block: (n, heads, q, k).

    Raises ValueError if the layer does not exist or belongs to no block of this file.
    """
    outputs = model.get_layer(layer_name).output
    if not isinstance(outputs, (list, tuple)) or len(outputs) != 2:
        raise ValueError(
            f"The layer {layer_name!r} hands out no attention weights: name one that ends in _attention or _cross."
        )
    return keras.Model(model.input, outputs[1], name=f"{layer_name}_scores")


def shift_right(targets: np.ndarray, start: int | np.ndarray) -> np.ndarray:
    """Decoder inputs (n, length) for teacher forcing: the start code, then the targets without their last code (lesson 207).

    `start` is one code for all, or one for each row, (n, 1). Raises ValueError for another number of axes.
    """
    if np.ndim(targets) != 2:
        raise ValueError(f"targets must have the shape (n, length), not {np.shape(targets)}.")
    return np.concatenate([np.full((len(targets), 1), start, dtype=targets.dtype), targets[:, :-1]], axis=1)


def _attend(query, memory, heads, mask, causal, dropout, name):
    width = query.shape[-1]
    if heads < 1 or width % heads:
        raise ValueError(f"{heads} heads cannot share a width of {width}: it must be a multiple of their number.")
    attention = layers.MultiHeadAttention(heads, key_dim=width // heads, dropout=dropout, name=name)
    # The scores are handed out always, so that `attention_scores` finds them in the trained model. On TensorFlow, Keras
    # computes them anyway; what nobody reads is not computed in a compiled step.
    outputs, _ = attention(query, memory, attention_mask=mask, use_causal_mask=causal, return_attention_scores=True)
    return layers.Dropout(dropout)(outputs) if dropout else outputs


def _feed_forward(stream, hidden, dropout, name):
    width = stream.shape[-1]
    normal = layers.LayerNormalization(name=f"{name}_dense_norm")(stream)
    inside = layers.Dense(hidden or 4 * width, activation="relu", name=f"{name}_dense_in")(normal)
    outputs = layers.Dense(width, name=f"{name}_dense_out")(inside)
    return stream + (layers.Dropout(dropout)(outputs) if dropout else outputs)
