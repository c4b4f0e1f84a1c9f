"""What lessons on shipping use and do not teach: quiet converters, sizes, latencies, and what stands in a LiteRT file."""

import contextlib
import importlib.util
import io
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from course_utils.environment import silent_stderr


def packages_are_here(*names: str) -> bool:
    """Whether these packages can be imported; where one cannot, a sentence says so, and how to install it."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        print(f"Missing here: {', '.join(missing)}. `make ship` installs them; until then the page does without.")
    return not missing


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hide what converters and interpreters print and warn, from Python and from C++. Errors still come through."""
    hidden = io.StringIO()
    with contextlib.redirect_stdout(hidden), contextlib.redirect_stderr(hidden), silent_stderr():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def kilobytes(place: str | os.PathLike) -> float:
    """The size of a file, or of all files in a folder, in kB of 1000 bytes. Raises FileNotFoundError if there is none."""
    place = Path(place)
    if not place.exists():
        raise FileNotFoundError(f"There is no file or folder {place}.")
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files) / 1000


def latencies(answer: Callable[[np.ndarray], object], images: np.ndarray, count: int = 200) -> np.ndarray:
    """Milliseconds of `count` calls with one image each, images[0:1], images[1:2] and so on, after ten unmeasured calls.

    Begins anew where `images` (n, ...) has fewer than `count`. Raises ValueError without an image or a call.
    """
    if len(images) == 0 or count < 1:
        raise ValueError("latencies needs at least one image and one call.")
    times = []
    for number in range(-10, count):
        place = number % len(images)
        image = images[place : place + 1]
        begin = perf_counter()
        answer(image)
        times.append(1000 * (perf_counter() - begin))
    return np.array(times[10:])


def compare_answers(answers: np.ndarray, logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """What a file answered beside what the network answered, both (n, classes), and the right labels (n,).

    "largest difference" of any logit, how many examples are "read differently", and how many are "mistakes" of the file.
    Raises ValueError if the shapes differ.
    """
    if answers.shape != logits.shape or len(logits) != len(labels):
        raise ValueError(f"Shapes {answers.shape}, {logits.shape} and {np.shape(labels)} do not belong together.")
    read = answers.argmax(axis=1)
    return {
        "largest difference": float(np.abs(answers - logits).max()),
        "read differently": int((read != logits.argmax(axis=1)).sum()),
        "mistakes": int((read != labels).sum()),
    }


def load_litert(file: str | os.PathLike, plain: bool = False) -> Callable[[np.ndarray], np.ndarray]:
    """A function from inputs (n, ...) to answers by a LiteRT file with one input and one output, as lesson 515 builds it.

    A `plain` interpreter has LiteRT's own operations only and none of the faster ones that it may call, as on a bare device.
    """
    import tensorflow as tf

    kinds = tf.lite.experimental.OpResolverType
    kind = kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES if plain else kinds.AUTO
    with quiet():
        interpreter = tf.lite.Interpreter(str(file), experimental_op_resolver_type=kind)
        interpreter.allocate_tensors()  # here the interpreter says what it runs on
    place_in = interpreter.get_input_details()[0]["index"]
    place_out = interpreter.get_output_details()[0]["index"]

    def answer(inputs: np.ndarray) -> np.ndarray:
        interpreter.resize_tensor_input(place_in, np.shape(inputs))
        interpreter.allocate_tensors()
        interpreter.set_tensor(place_in, np.asarray(inputs))
        interpreter.invoke()
        return interpreter.get_tensor(place_out)

    return answer


@dataclass(frozen=True)
class StoredTensor:
    """A tensor of a LiteRT file as the interpreter holds it: whole numbers, and what turns them into real ones.

    `steps` (LiteRT says scales) has one number, or one for each row of weights; it is empty where the values are real
    numbers already.
    """

    name: str
    values: np.ndarray
    steps: np.ndarray
    zero_points: np.ndarray


def find_tensor(file: str | os.PathLike, images: np.ndarray, shape: tuple[int, ...], dtype: str) -> StoredTensor:
    """The tensor with this shape and type ("int8", ...) in a LiteRT file that has just answered `images`.

    Weights and every step between input and answer are among them. Raises ValueError unless exactly one fits; where the
    input itself is stored twice, as real and as whole numbers, the type tells them apart.
    """
    import tensorflow as tf

    with quiet():
        interpreter = tf.lite.Interpreter(str(file), experimental_preserve_all_tensors=True)
        place = interpreter.get_input_details()[0]["index"]
        interpreter.resize_tensor_input(place, images.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(place, images)
        interpreter.invoke()
        found = []
        for details in interpreter.get_tensor_details():
            if np.dtype(details["dtype"]) != np.dtype(dtype) or tuple(details["shape"]) != tuple(shape):
                continue
            rule = details["quantization_parameters"]
            values = interpreter.get_tensor(details["index"])
            found.append(StoredTensor(details["name"], values, rule["scales"], rule["zero_points"]))
    if len(found) != 1:
        raise ValueError(f"{len(found)} tensors of {dtype} have the shape {shape} in {file}, not one.")
    return found[0]


FORMATS = {".keras": "model.keras", "SavedModel": "saved", "ONNX": "model.onnx", "LiteRT": "model.tflite"}


def verdicts(model: object, inputs: np.ndarray) -> dict[str, str]:
    """What becomes of a Keras model with one input in each format: does the file answer `inputs` (n, ...) alike?

    "same answers" means within 0.00001 of the model; else "OTHER ANSWERS", "not written" where the export raises, or
    "not readable" where reading or running the file does. LiteRT is read by an interpreter that knows LiteRT's own operations
    only, as on a device. ONNX is "no package" where tf2onnx, onnx or onnxruntime is missing.
    """
    expected = np.asarray(model(inputs))
    has_onnx = all(importlib.util.find_spec(name) for name in ("tf2onnx", "onnx", "onnxruntime"))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for format, name in FORMATS.items():
            if format == "ONNX" and not has_onnx:
                found[format] = "no package"
            else:
                found[format] = _verdict(format, model, inputs, expected, os.path.join(folder, name))
    return found


def file_reader(model: object, format: str) -> Callable[[np.ndarray], np.ndarray]:
    """Write a Keras model into a new file, read it as its user would: a function from inputs (n, ...) to answers.

    `format` is one of ".keras", "SavedModel", "ONNX" and "LiteRT"; LiteRT is read with its own operations only. Errors of
    the converter and of the reader come through; raises ValueError for another format.
    """
    if format not in FORMATS:
        raise ValueError(f"The format is one of {', '.join(FORMATS)}, not {format!r}.")
    place = os.path.join(tempfile.mkdtemp(), FORMATS[format])
    with quiet():
        _write(format, model, place)
        return _reader(format, place)


def save_and_load(model: object, place: str | os.PathLike) -> tuple[object, list[str]]:
    """Save a Keras model as a .keras file at `place`, load it, and keep what Keras warns: the loaded model and the warnings."""
    import keras

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", UserWarning)
        model.save(place)
        loaded = keras.saving.load_model(place)
    return loaded, [str(warning.message) for warning in heard if issubclass(warning.category, UserWarning)]


def fixed_batch_reader(model: object, batch: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function that answers exactly `batch` inputs (batch, ...) by a LiteRT file written for that number, weights as constants.

    With it, loops of recurrent layers become LiteRT's own operations; `model` has one input of float32. Errors of the
    converter come through.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    signature = tf.TensorSpec((batch, *model.inputs[0].shape[1:]), tf.float32)
    with quiet():
        graph = tf.function(lambda inputs: model(inputs, training=False)).get_concrete_function(signature)
        converter = tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(graph)])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        place = os.path.join(tempfile.mkdtemp(), FORMATS["LiteRT"])
        Path(place).write_bytes(converter.convert())
    return load_litert(place, plain=True)


def _verdict(format: str, model: object, inputs: np.ndarray, expected: np.ndarray, place: str) -> str:
    with quiet():
        try:
            _write(format, model, place)
        except Exception:  # each converter has errors of its own
            return "not written"
        try:
            answers = _reader(format, place)(inputs)
        except Exception:
            return "not readable"
    return "same answers" if np.allclose(answers, expected, atol=1e-5) else "OTHER ANSWERS"


def _write(format: str, model: object, place: str) -> None:
    if format == ".keras":
        model.save(place)
    elif format == "SavedModel":
        model.export(place)
    else:
        model.export(place, format={"ONNX": "onnx", "LiteRT": "litert"}[format])


def _reader(format: str, place: str) -> Callable[[np.ndarray], np.ndarray]:
    import keras
    import tensorflow as tf

    if format == ".keras":
        model = keras.saving.load_model(place)
        return lambda inputs: np.asarray(model(inputs))
    if format == "SavedModel":
        loaded = tf.saved_model.load(place)  # held in a variable: else its weights are gone before it answers
        return lambda inputs: loaded.serve(inputs).numpy()
    if format == "ONNX":
        import onnxruntime

        session = onnxruntime.InferenceSession(place)
        name = session.get_inputs()[0].name
        return lambda inputs: session.run(None, {name: np.asarray(inputs)})[0]
    return load_litert(place, plain=True)
