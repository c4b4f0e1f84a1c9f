"""Runs in a lesson's kernel before its first cell: cuts trainings, counts what they would have cost, reports.

`tools/try_full.py` lets a start-up file of the kernel import this one, so that no lesson knows of it.

The minutes on a T4 are an estimate, not a measurement. An operation of a traced step takes the longest of: 7 us to be
launched, its multiplications and additions at 3.5 TFLOPS (four times that in half precision), its result written once and
read once at 240 GB/s. A time step of an LSTM or GRU takes 20 us forward and as much back (cuDNN), any other loop as often what
its body takes. Nothing is fused: where XLA is at work, it is faster. Keras adds 0.7 ms a step and 0.03 s a call. What the
lesson does outside of fit, evaluate and predict counts with the processor seconds that it takes here.
"""

import contextlib
import functools
import inspect
import itertools
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from IPython import get_ipython

from course_utils.environment import import_quietly

LAUNCH, OPERATIONS, BYTES = 7e-6, 3.5e12, 240e9  # seconds; operations and bytes a second
GATED_STEP, KERAS_STEP, KERAS_CALL = 20e-6, 0.7e-3, 0.03  # seconds
# They launch nothing on the device, or give another shape to the same numbers.
FREE = {
    "Const", "Placeholder", "Identity", "IdentityN", "NoOp", "ReadVariableOp", "VarHandleOp", "Shape", "ShapeN", "Reshape",
    "ExpandDims", "Squeeze", "StopGradient", "PreventGradient", "BroadcastGradientArgs", "Rank", "Size", "Assert",
    "TensorListReserve", "TensorListElementShape", "TensorListLength", "TensorListFromTensor",
}  # fmt: skip
CALLS = ("PartitionedCall", "StatefulPartitionedCall")
LOOPS = ("While", "StatelessWhile")
CASES = ("If", "StatelessIf", "Case", "StatelessCase")


def step_seconds(graph: Any) -> tuple[float, int]:
    """Estimated seconds of all operations of a traced function's graph, and how many are launched."""
    seconds, launched = 0.0, 0
    for operation in graph.get_operations():
        if operation.type in FREE:
            continue
        if operation.type in CALLS:
            function = called(graph, operation, "f")
            inner, count = step_seconds(function) if function else (LAUNCH, 1)
        elif operation.type in LOOPS:
            inner, count = loop_seconds(graph, operation)
        elif operation.type in CASES:
            names = ("then_branch", "else_branch") if "If" in operation.type else ("branches",)
            ways = [step_seconds(branch) for name in names for branch in branches(graph, operation, name)]
            inner, count = max(ways, default=(LAUNCH, 1))
        else:
            inner, count = operation_seconds(operation), 1
        seconds, launched = seconds + inner, launched + count
    return seconds, launched


def called(graph: Any, operation: Any, name: str) -> Any:
    """The graph of a function that an operation calls; None where TensorFlow does not hand it out."""
    return getattr(graph._get_function(operation.get_attr(name).name), "graph", None)


def branches(graph: Any, operation: Any, name: str) -> list[Any]:
    functions = operation.get_attr(name)
    functions = functions if isinstance(functions, list) else [functions]
    found = [getattr(graph._get_function(function.name), "graph", None) for function in functions]
    return [branch for branch in found if branch is not None]


def loop_seconds(graph: Any, operation: Any) -> tuple[float, int]:
    body = called(graph, operation, "body")
    rounds = loop_rounds(operation)
    if body is None:  # seen only where a gated layer predicts
        return rounds * GATED_STEP, 1
    types = {inner.type for inner in body.get_operations()}
    if types & {"Sigmoid", "SigmoidGrad"} and not types & {"Conv2D", "Conv2DBackpropInput"}:
        products = sum(multiplications(inner) for inner in body.get_operations())
        return rounds * max(GATED_STEP, products / OPERATIONS), 1
    seconds, launched = step_seconds(body)
    return rounds * seconds, rounds * launched


def loop_rounds(operation: Any) -> int:
    """How often a loop runs at most, if its graph tells; else once."""
    import tensorflow as tf

    most = operation.inputs[1]
    most = tf.get_static_value(most.op.inputs[0] if most.op.type == "Max" else most)
    return int(most) if most is not None and most.size == 1 and most > 0 else 1


def operation_seconds(operation: Any) -> float:
    results = [tensor for tensor in operation.outputs if tensor.shape.is_fully_defined() and tensor.dtype.size]
    moved = 2 * sum(tensor.shape.num_elements() * tensor.dtype.size for tensor in results)
    rate = 4 * OPERATIONS if results and results[0].dtype == "float16" else OPERATIONS
    return max(LAUNCH, multiplications(operation) / rate, moved / BYTES)


def multiplications(operation: Any) -> float:
    """Multiplications and additions of a product or a convolution whose shapes are known; 0 for everything else."""
    shapes = [list(tensor.shape) for tensor in (*operation.inputs, *operation.outputs) if tensor.shape.rank is not None]
    if any(size is None for shape in shapes for size in shape):
        return 0
    kind, result = operation.type, list(operation.outputs[0].shape) if operation.outputs else []
    if kind.startswith("Conv") and "BackpropFilter" in kind:
        return 2 * math.prod(result) * math.prod(operation.inputs[2].shape[:-1])
    if kind.startswith("Conv") and "BackpropInput" in kind:
        return 2 * math.prod(operation.inputs[1].shape[:-1]) * math.prod(operation.inputs[2].shape)
    if kind in ("Conv2D", "Conv3D"):
        return 2 * math.prod(operation.inputs[1].shape[:-1]) * math.prod(result)
    if kind.startswith("DepthwiseConv2dNative"):
        return 2 * max(math.prod(tensor.shape) for tensor in operation.inputs) * 9
    if kind == "Einsum":
        sizes = {}
        for letters, tensor in zip(operation.get_attr("equation").decode().split("->")[0].split(","), operation.inputs):
            sizes |= dict(zip(letters, tensor.shape))
        return 2 * math.prod(sizes.values())
    if kind in ("MatMul", "BatchMatMulV2", "BatchMatMulV3"):
        turned = operation.get_attr("transpose_a" if kind == "MatMul" else "adj_x")
        return 2 * math.prod(result) * operation.inputs[0].shape[-2 if turned else -1]
    return 0


class Meter:
    """The account of one lesson: steps, estimated seconds, and the seconds spent in what is cut."""

    def __init__(self) -> None:
        self.steps, self.launched, self.on_gpu, self.away, self.depth = 0, 0, 0.0, 0.0, 0
        self.costs: dict[Any, tuple[float, float, int]] = {}
        self.largest: dict[str, float] = {}

    @contextlib.contextmanager
    def not_counted(self) -> Iterator[None]:
        """What happens inside is charged by `charge`, not by the clock."""
        began, self.depth = time.process_time(), self.depth + 1
        try:
            yield
        finally:
            self.depth -= 1
            if not self.depth:
                self.away += time.process_time() - began

    def charge(self, model: Any, kind: str, data: Any, steps: int, batches: bool = True) -> None:
        """Add `steps` steps of a model on batches of the shapes of `data`; a new shape is traced, as Keras would do."""
        import keras
        import tensorflow as tf

        shapes = keras.tree.map_structure(lambda one: tf.TensorSpec(one.shape, one.dtype), data)
        key = (id(model), id(getattr(model, "optimizer", None)), kind, str(shapes))  # predict needs no compile
        if key not in self.costs:
            began = time.process_time()
            graph = tf.function(getattr(model, kind)).get_concrete_function(shapes).graph
            self.costs[key] = (*step_seconds(graph), model)  # the model stays alive, so that no other gets its id
            self.on_gpu += time.process_time() - began
        seconds = steps * (self.costs[key][0] + KERAS_STEP) + KERAS_CALL
        self.on_gpu += seconds
        if kind == "train_step":
            self.steps += steps
            self.launched = max(self.launched, self.costs[key][1])
        label = f"{model.name} {kind}"
        self.largest[label] = self.largest.get(label, 0.0) + seconds


def first_batch(inputs: Any, targets: Any, batch_size: int | None) -> tuple[Any, Any, int | None]:
    """The first batch as `train_step` gets it, the inputs (a generator is put together again), and batches in them."""
    import keras
    import tensorflow as tf

    if not is_stream(inputs):
        size = batch_size or 32
        everything = keras.utils.pack_x_y_sample_weight(inputs, targets)
        count = len(keras.tree.flatten(everything)[0])
        batch = keras.tree.map_structure(lambda array: tf.convert_to_tensor(array[:size]), everything)
        return keras.tree.map_structure(as_keras_does, batch), inputs, -(-count // size)
    if isinstance(inputs, tf.data.Dataset):
        return next(iter(inputs)), inputs, int(inputs.cardinality())
    if isinstance(inputs, keras.utils.PyDataset):
        return keras.tree.map_structure(tf.convert_to_tensor, inputs[0]), inputs, len(inputs)
    batch = next(inputs)
    whole = (one for one in itertools.chain([batch], inputs))  # Keras takes a generator, and no other iterator
    return keras.tree.map_structure(tf.convert_to_tensor, batch), whole, None


def is_stream(inputs: Any) -> bool:
    """Whether the inputs come batch by batch: they cannot be cut by rows."""
    import keras
    import tensorflow as tf

    return isinstance(inputs, (tf.data.Dataset, keras.utils.PyDataset)) or inspect.isgenerator(inputs)


def first_rows(options: dict, rows: int) -> dict:
    """The options of `fit` with the first rows of arrays only; a stream stays as it is.

    Keras holds 3 GB for an epoch of one batch of five million rows, and less for longer epochs: an effect of the cut alone.
    """
    import keras

    if is_stream(options["x"]):
        return options
    given = [name for name in ("x", "y", "sample_weight") if options.get(name) is not None]
    return options | {name: keras.tree.map_structure(lambda array: array[:rows], options[name]) for name in given}


def as_keras_does(tensor: Any) -> Any:
    import keras
    import tensorflow as tf

    return tf.cast(tensor, keras.config.floatx()) if tensor.dtype.is_floating else tensor


def install(meter: Meter) -> None:
    """Replace fit, evaluate, predict and train_on_batch of all Keras models."""
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer

    def wrap(name: str, change: Callable) -> None:
        original = getattr(TensorFlowTrainer, name)
        signature = inspect.signature(original)

        @functools.wraps(original)
        def changed(*positional: Any, **named: Any) -> Any:
            if meter.depth:  # evaluate inside fit: fit has charged it
                return original(*positional, **named)
            bound = signature.bind(*positional, **named)
            options = dict(bound.arguments)
            with meter.not_counted():
                return change(original, options.pop("self"), options)

        setattr(TensorFlowTrainer, name, changed)

    def fit(original: Callable, model: Any, options: dict) -> Any:
        epochs = options.get("epochs", 1)
        batch, options["x"], count = first_batch(options["x"], options.get("y"), options.get("batch_size"))
        count = options.get("steps_per_epoch") or count
        model.steps_per_execution = 1
        if validation := options.get("validation_data"):
            size = options.get("validation_batch_size") or options.get("batch_size")
            held_out, _, rounds = first_batch(*validation, size)
            options["validation_steps"] = min(2, rounds)
        steps = min(count, max(1, 2 // epochs))
        options = first_rows(options, steps * (options.get("batch_size") or 32))
        history = original(model, **options | {"steps_per_epoch": steps})
        meter.charge(model, "train_step", batch, epochs * count)
        if validation:
            meter.charge(model, "test_step", held_out, epochs * rounds)
        return history

    def look(kind: str) -> Callable:
        def looking(original: Callable, model: Any, options: dict) -> Any:
            batch, options["x"], count = first_batch(options["x"], options.get("y"), options.get("batch_size"))
            result = original(model, **options)
            meter.charge(model, kind, batch, options.get("steps") or count)
            return result

        return looking

    def train_on_batch(original: Callable, model: Any, options: dict) -> Any:
        result = original(model, **options)
        batch, _, _ = first_batch(options["x"], options.get("y"), len(options["x"]))
        meter.charge(model, "train_step", batch, 1)
        return result

    wrap("fit", fit)
    wrap("evaluate", look("test_step"))
    wrap("predict", look("predict_step"))
    wrap("train_on_batch", train_on_batch)


def report_cells(meter: Meter) -> None:
    """After each cell write the account so far to the file FULL_REPORT."""
    began, cells = time.process_time(), []

    def after_cell(result: Any) -> None:
        elapsed, own = time.process_time() - began, time.process_time() - began - meter.away
        cells.append([round(elapsed, 1), round(own + meter.on_gpu, 1)])
        account = {
            "steps": meter.steps,
            "launched": meter.launched,
            "seconds_here": own,
            "seconds_on_gpu": meter.on_gpu,
            "minutes": (own + meter.on_gpu) / 60,
            "largest": dict(sorted(meter.largest.items(), key=lambda item: -item[1])[:5]),
            "cells": cells,
        }
        Path(os.environ["FULL_REPORT"]).write_text(json.dumps(account), encoding="utf-8")

    get_ipython().events.register("post_run_cell", after_cell)


if "FULL_REPORT" in os.environ:
    import_quietly()
    import downloads

    downloads.install()
    account = Meter()
    install(account)
    report_cells(account)
