"""What a layer of Keras is called in plain words, and of which kind it is, by class names: imports no Keras."""

import re
from collections.abc import Sequence

KIND_OF = {
    "input": {"InputLayer"},
    "convolution": {"Conv", "DepthwiseConv", "SeparableConv", "ConvTranspose"},
    "pooling": {"MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling", "UpSampling"},
    "dense": {"Dense", "EinsumDense"},
    "recurrent": {"SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional", "ConvLSTM"},
    "attention": {"MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"},
    "embedding": {"Embedding", "PositionEmbedding", "ReversibleEmbedding"},
    "joining": {"Add", "Concatenate", "Multiply", "Subtract", "Average", "Maximum", "Dot"},
    "helping": {
        "Activation",
        "Softmax",
        "ReLU",
        "LeakyReLU",
        "PReLU",
        "ELU",
        "Dropout",
        "SpatialDropout",
        "GaussianNoise",
    }
    | {"BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization"},
}

ACTIVATIONS = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "gelu": "GELU", "elu": "ELU", "silu": "SiLU", "linear": ""}
NAMES = {
    "Conv": "convolution",
    "ConvTranspose": "transposed convolution",
    "DepthwiseConv": "depthwise convolution",
    "SeparableConv": "separable convolution",
    "ConvLSTM": "convolutional LSTM",
    "SimpleRNN": "simple RNN",
    "RNN": "RNN",
    "GRU": "GRU",
    "LSTM": "LSTM",
    "ReLU": "ReLU",
    "LeakyReLU": "leaky ReLU",
    "PReLU": "PReLU",
    "ELU": "ELU",
    "UpSampling": "upsampling",
    "BatchNormalization": "batch norm",
    "LayerNormalization": "layer norm",
    "GroupNormalization": "group norm",
    "RMSNormalization": "RMS norm",
}
WRAPPINGS = {"Bidirectional": ", both directions", "TimeDistributed": " at each step"}


def base_name(operation: object) -> str:
    """The class name without the number of dimensions: Conv2DTranspose -> ConvTranspose."""
    return re.sub(r"\dD", "", type(operation).__name__)


def kind_of(operation: object) -> str:
    """input, convolution, pooling, dense, recurrent, attention, embedding, joining, helping, network or other."""
    if hasattr(operation, "layers"):
        return "network"
    wrapped = _wrapped(operation)
    if wrapped is not None:
        return kind_of(wrapped)
    return next((kind for kind, names in KIND_OF.items() if base_name(operation) in names), "other")


def words_of(operation: object, call: object = None) -> str:
    """The plain name: "convolution 5 x 5, ReLU", "dense 120"; `call`: how it was called."""
    kind, base = kind_of(operation), base_name(operation)
    if kind == "network":
        return in_words(operation.name)
    if _wrapped(operation) is not None:
        return words_of(_wrapped(operation)) + WRAPPINGS.get(base, f", {in_words(base)}")
    name = NAMES.get(base) or in_words(base)
    if kind == "input":
        return f"input: {in_words(operation.name)}" if is_given(operation) else "input"
    if kind == "attention":
        return _attention_words(operation, name, call)
    if base in ("Activation", "Softmax"):
        return _activation_words(operation) or "softmax"
    details = [f"{name} {_size(operation)}".strip(), _stride(operation), _activation_words(operation)]
    return ", ".join(detail for detail in details if detail)


def in_words(name: str) -> str:
    """GlobalAveragePooling and global_average_pooling -> global average pooling."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_+", " ", name).strip().lower()


def is_given(operation: object) -> bool:
    """Whether the name was given by the author of the model, not made by Keras from the class name."""
    own = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(operation).__name__).lower()
    return not re.fullmatch(rf"({own}|input|keras_tensor)(_\d+)?", operation.name.lower())


def by_x(numbers: Sequence[int | None]) -> str:
    """(28, 28, 6) -> 28 x 28 x 6; an unknown length is written "any", and () is one number."""
    if len(numbers) == 0:
        return "1 number"
    if tuple(numbers) == (None,):
        return "any length"
    return " x ".join("any" if number is None else str(number) for number in numbers)


def _size(operation: object) -> str:
    """Kernel, window, units or rate: what stands behind the name."""
    for attribute in ("kernel_size", "pool_size", "units", "output_dim", "rate"):
        value = getattr(operation, attribute, None)
        if isinstance(value, (tuple, list)):
            return by_x(value)
        if isinstance(value, (int, float)):
            return f"{value:g}"
    if base_name(operation) == "UpSampling":
        return by_x(operation.size) if isinstance(operation.size, tuple) else str(operation.size)
    return ""


def _stride(operation: object) -> str:
    """The step of a window, if it is neither 1 nor, for pooling, the window itself; and the holes of a kernel."""
    strides = getattr(operation, "strides", None) or ()
    holes = getattr(operation, "dilation_rate", None) or ()
    strides, holes = ((value,) if isinstance(value, int) else tuple(value) for value in (strides, holes))
    window = getattr(operation, "pool_size", None)
    parts = []
    if set(strides) - {1} and strides != (window if isinstance(window, tuple) else (window,)):
        parts.append(f"stride {strides[0] if len(set(strides)) == 1 else by_x(strides)}")
    if set(holes) - {1}:
        parts.append(f"dilation {holes[0]}")
    return ", ".join(parts)


def _activation_words(operation: object) -> str:
    if kind_of(operation) == "recurrent":  # tanh inside is what these layers are
        return ""
    name = getattr(getattr(operation, "activation", None), "__name__", "")
    return ACTIVATIONS.get(name, in_words(name))


def _attention_words(operation: object, name: str, call: object) -> str:
    """Whether the queries look at their own sequence, whether the future is hidden, and how many heads there are."""
    heads = getattr(operation, "num_heads", None)
    words = "attention" if heads else name
    if call is not None and call.keras_tensors:
        named = [call.kwargs.get(part) for part in ("query", "value", "key")]
        read = {id(tensor) for tensor in [*call.args, *named] if tensor is not None and hasattr(tensor, "shape")}
        words = f"{'self' if len(read) == 1 else 'cross'}-{words}" if heads else words
        words = f"causal {words}" if call.kwargs.get("use_causal_mask") else words
    return f"{words}, {heads} head{'s' if heads > 1 else ''}" if heads else words


def _wrapped(operation: object) -> object | None:
    """The layer inside a wrapper such as Bidirectional or TimeDistributed."""
    return getattr(operation, "layer", None) or getattr(operation, "forward_layer", None)
