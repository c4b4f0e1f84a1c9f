"""Where the attention layers of a trained model look."""

import keras
import numpy as np


def attention_of(
    model: keras.Model, layer_name: str, inputs: np.ndarray | list[np.ndarray], batch_size: int = 128
) -> np.ndarray:
    """The maps (n, heads, rows, columns) of a `keras.layers.MultiHeadAttention` in a model, for its inputs (n, ...).

    Row r of a map says which share of its attention place r gives to each place, so it sums to 1. The layer does what it
    always does in this model, masks included and without dropout, and is asked for its scores besides. `inputs` is what
    the model takes: an array or a list of arrays. Raises ValueError if the layer is of another kind, or if the model
    uses it more than once or not at all.
    """
    layer = model.get_layer(layer_name)
    if not isinstance(layer, keras.layers.MultiHeadAttention):
        raise ValueError(f"{layer_name!r} is a {type(layer).__name__}, not a MultiHeadAttention.")
    ordinary_call = layer.call
    batch_maps: list[np.ndarray] = []

    def call_and_keep_scores(*args, return_attention_scores=False, **settings):
        output, scores = ordinary_call(*args, return_attention_scores=True, **settings)
        batch_maps.append(keras.ops.convert_to_numpy(scores))
        return (output, scores) if return_attention_scores else output

    maps = []
    layer.call = call_and_keep_scores
    try:
        several = isinstance(inputs, (list, tuple))
        for start in range(0, len(inputs[0] if several else inputs), batch_size):
            batch_maps.clear()
            batch = slice(start, start + batch_size)
            model([part[batch] for part in inputs] if several else inputs[batch], training=False)
            if len(batch_maps) != 1:
                raise ValueError(f"The model uses {layer_name!r} {len(batch_maps)} times; once is needed for one map.")
            maps += batch_maps
    finally:
        del layer.call  # the method of its class is back
    return np.concatenate(maps)


def mean_attention_to(maps: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """How much of its attention the last place of maps (n, heads, rows, columns) gives to marked places, (heads,).

    `marked` (n, places) is True where a place counts; places beyond it, up to the columns of the maps, do not. The mean
    over all n, so that several marks in a map are added up. Raises ValueError if there are more marks than columns.
    """
    marked = np.asarray(marked, dtype=float)
    if len(marked) != len(maps) or marked.shape[1] > maps.shape[3]:
        raise ValueError(f"marked has shape {marked.shape}, which does not fit maps of shape {maps.shape}.")
    given = maps[:, :, -1, : marked.shape[1]] * marked[:, np.newaxis]
    return given.sum(axis=2).mean(axis=0)
