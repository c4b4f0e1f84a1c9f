"""Exercises of lesson 004, Keras in one sitting."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, some_numbers
from course_utils.scale import scale

LOG_MISTAKES = (
    ([5 / 3, 1.0], "You gave each batch the same weight. The last batch holds fewer examples: weigh by the examples."),
    ([1.0, 220 / 120], "The other way round: `fit` logs the mean, the raw loss is that of the last batch."),
    ([220 / 120, 3.0], "The raw loss of an epoch is that of its last batch, not of its first."),
    ([220 / 120, 5 / 3], "A raw loss is not averaged at all: the last batch overwrites the others."),
    ([220.0, 1.0], "220 is the sum over the examples. Divide it by their number."),
)


def test_log(answer):
    numbers = some_numbers(answer, (2,))
    for mistake, message in LOG_MISTAKES:
        if np.allclose(numbers, mistake, rtol=0, atol=6e-3):
            raise Wrong(message)
    if not np.allclose(numbers, [220 / 120, 1.0], rtol=0, atol=6e-3):
        raise Wrong("First number: (50 * 3 + 50 * 1 + 20 * 1) divided by all examples. Second: the last batch.")


def stop_early(losses, patience):
    best, best_epoch = float("inf"), 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            return epoch, best_epoch
    return len(losses), best_epoch


def one_more(losses, patience):
    return stop_early(losses, patience + 1)


def sees_the_future(losses, patience):
    return stop_early(losses, patience)[0], int(np.argmin(losses)) + 1


def against_the_last(losses, patience):
    """Counts epochs that are worse than the epoch before, not than the best."""
    waited, best_epoch = 0, 1
    for epoch in range(2, len(losses) + 1):
        waited = 0 if losses[epoch - 1] < losses[epoch - 2] else waited + 1
        best_epoch = epoch if losses[epoch - 1] < losses[best_epoch - 1] else best_epoch
        if waited >= patience:
            return epoch, best_epoch
    return len(losses), best_epoch


def from_zero(losses, patience):
    epochs, best_epoch = stop_early(losses, patience)
    return epochs, best_epoch - 1


def never_stops(losses, patience):
    return len(losses), int(np.argmin(losses)) + 1


def swapped(losses, patience):
    return stop_early(losses, patience)[::-1]


def ties_count(losses, patience):
    """An epoch that only equals the best counts as a new best."""
    best_epoch = 0
    for epoch in range(len(losses)):
        if losses[epoch] <= losses[best_epoch]:
            best_epoch = epoch
        elif epoch - best_epoch >= patience:
            return epoch + 1, best_epoch + 1
    return len(losses), best_epoch + 1


def stop_early_by_waiting(losses, patience):
    best_epoch, waited, epoch = 1, 0, 1
    while epoch < len(losses) and waited < patience:
        epoch += 1
        if losses[epoch - 1] < min(losses[: epoch - 1]):
            best_epoch, waited = epoch, 0
        else:
            waited += 1
    return [epoch, best_epoch]


STOPPING_MISTAKES = (
    (one_more, "You wait one epoch too long: stop as soon as `patience` epochs in a row were not below the best."),
    (never_stops, "Your training never stops before the end of the list."),
    (sees_the_future, "Your best epoch lies after the end of the training. Look only at the epochs that ran."),
    (against_the_last, "Compare with the best loss so far, not with the loss of the epoch before."),
    (ties_count, "A loss that only equals the best is not below it: the patience runs on."),
    (from_zero, "Your best epoch counts from 0. The first epoch is 1."),
    (swapped, "The order is: how many epochs ran, then which one was best."),
)


def stopping_cases():
    """Lists of losses and a patience on which the wrong ways part from the right one."""
    generator = np.random.default_rng(0)
    yield [3.0, 2.0, 1.0, 1.5, 1.2, 1.1, 0.5, 0.4], 3
    yield [3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 1.0], 2
    yield [1.0, 1.0, 1.0, 0.5], 2  # equal is not below
    yield [4.0, 3.0, 2.0], 1  # the patience never runs out
    yield [1.0, 2.0, 3.0], 1
    yield [1.0], 1
    for patience in (1, 2, 3, 4):
        for _ in range(5):
            yield (2 + generator.normal(size=15) - 0.05 * np.arange(15)).round(2).tolist(), patience


def whole_number(value):
    """The value as an int. Raises ValueError unless it is a whole number."""
    if isinstance(value, (bool, np.bool_)) or not float(value).is_integer():
        raise ValueError(f"{value!r} is no whole number")
    return int(value)


def test_stopping(answer):
    results = []
    for losses, patience in stopping_cases():
        result = answer(list(losses), patience)
        try:
            epochs, best_epoch = (whole_number(number) for number in result)
        except (TypeError, ValueError) as error:
            raise Wrong("Return two whole numbers: how many epochs ran, which epoch was best.") from error
        results.append((epochs, best_epoch))
    for mistake, message in STOPPING_MISTAKES:
        if results == [tuple(mistake(losses, patience)) for losses, patience in stopping_cases()]:
            raise Wrong(message)
    for result, (losses, patience) in zip(results, stopping_cases()):
        right = stop_early(losses, patience)
        if result != right:
            raise Wrong(f"For the losses {losses} and patience {patience}, it is {right}, not {result}.")


def two_branches():
    import keras

    image = keras.Input((28, 28, 1))
    pixels = keras.layers.Flatten()(image)
    left = keras.layers.Dense(32, activation="relu")(pixels)
    right = keras.layers.Dense(16, activation="tanh")(pixels)
    joined = keras.layers.Concatenate()([left, right])
    return keras.Model(image, keras.layers.Dense(10)(joined))


def one_after_the_other():
    import keras

    sizes = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(16, activation="tanh")]
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), *sizes, keras.layers.Dense(10)])


def with_softmax():
    import keras

    model = two_branches()
    return keras.Model(model.input, keras.layers.Softmax()(model.output))


def no_activations():
    import keras

    image = keras.Input((28, 28, 1))
    pixels = keras.layers.Flatten()(image)
    branches = [keras.layers.Dense(units)(pixels) for units in (32, 16)]
    return keras.Model(image, keras.layers.Dense(10)(keras.layers.Concatenate()(branches)))


def flat_input():
    import keras

    pixels = keras.Input((784,))
    left = keras.layers.Dense(32, activation="relu")(pixels)
    right = keras.layers.Dense(16, activation="tanh")(pixels)
    return keras.Model(pixels, keras.layers.Dense(10)(keras.layers.Concatenate()([left, right])))


def with_relu_at_the_end():
    import keras

    image = keras.Input((28, 28, 1))
    pixels = keras.layers.Flatten()(image)
    left = keras.layers.Dense(32, activation="relu")(pixels)
    right = keras.layers.Dense(16, activation="tanh")(pixels)
    joined = keras.layers.Concatenate()([left, right])
    return keras.Model(image, keras.layers.Dense(10, activation="relu")(joined))


def two_branches_of_models():
    import keras
    from keras import layers

    left = keras.Sequential([layers.Flatten(), layers.Dense(32), layers.ReLU()])
    right = keras.Sequential([layers.Flatten(), layers.Dense(16), layers.Activation("tanh")])
    image = keras.Input((28, 28, 1))
    return keras.Model(image, layers.Dense(10)(layers.concatenate([right(image), left(image)])))


def two_branches_with_names():
    import keras

    model = two_branches()
    return keras.Model({"image": model.input}, {"logits": model.output})


def two_inputs():
    import keras
    from keras import layers

    images = [keras.Input((28, 28, 1)) for _ in range(2)]
    left = layers.Dense(32, activation="relu")(layers.Flatten()(images[0]))
    right = layers.Dense(16, activation="tanh")(layers.Flatten()(images[1]))
    return keras.Model(images, layers.Dense(10)(layers.Concatenate()([left, right])))


def two_heads():
    import keras
    from keras import layers

    image = keras.Input((28, 28, 1))
    pixels = layers.Flatten()(image)
    branches = [layers.Dense(32, activation="relu")(pixels), layers.Dense(16, activation="tanh")(pixels)]
    return keras.Model(image, [layers.Dense(10)(branch) for branch in branches])


def all_layers(model):
    """The layers of a model, those of models inside it among them."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from all_layers(layer)
        else:
            yield layer


def test_branches(answer):
    import keras

    model = answer()
    if not isinstance(model, keras.Model):
        raise Wrong(f"Return a keras.Model, not {type(model).__name__}: keras.Model(input, output).")
    if not model.built or not getattr(model, "inputs", None):
        raise Wrong("Return a functional model: keras.Model(input, output) with one input of (28, 28, 1).")
    if len(model.inputs) != 1:
        raise Wrong(f"The model has {len(model.inputs)} inputs. Both branches read the same one, the image.")
    if tuple(model.inputs[0].shape[1:]) != (28, 28, 1):
        raise Wrong(f"The input has the shape {model.inputs[0].shape[1:]}; it should be (28, 28, 1). Flatten inside.")
    if len(model.outputs) != 1:
        raise Wrong(f"The model has {len(model.outputs)} outputs. Join the branches; one output of ten logits follows.")
    if tuple(model.outputs[0].shape[1:]) != (10,):
        raise Wrong(f"The output has the shape {model.outputs[0].shape[1:]}; it should be ten logits, (10,).")
    layers = list(all_layers(model))
    if not any(isinstance(layer, keras.layers.Concatenate) for layer in layers):
        raise Wrong("Nothing is joined: both Dense layers get the pixels, and Concatenate gets a list of the two.")
    dense = {layer.units: layer for layer in layers if isinstance(layer, keras.layers.Dense)}
    if sorted(dense) != [10, 16, 32]:
        raise Wrong("There are three Dense layers: of 32, 16 and, at the end, 10 units.")
    if model.count_params() != 785 * (32 + 16) + 49 * 10:
        raise Wrong(f"It has {model.count_params()} weights; two branches on the pixels and ten logits have 38170.")
    _compare_branches(model, dense)


def _compare_branches(model, dense):
    """Compare the answers of a model with those that its own weights give. Raises Wrong unless they agree."""
    import keras

    images = np.random.default_rng(0).normal(size=(4, 28, 28, 1)).astype("float32")
    structure = model.input
    answers = model(
        dict.fromkeys(structure, images)
        if isinstance(structure, dict)
        else [images]
        if isinstance(structure, list)
        else images
    )
    answers = list(answers.values()) if isinstance(answers, dict) else answers
    answers = answers[0] if isinstance(answers, (list, tuple)) else answers
    answers = keras.ops.convert_to_numpy(answers)
    pixels = images.reshape(4, 784)
    hidden = {}
    for units in (32, 16):
        kernel, bias = (keras.ops.convert_to_numpy(weight) for weight in dense[units].weights)
        hidden[units] = pixels @ kernel + bias
    kernel, bias = (keras.ops.convert_to_numpy(weight) for weight in dense[10].weights)
    relu, tanh = np.maximum(hidden[32], 0), np.tanh(hidden[16])
    orders = [np.concatenate([relu, tanh], axis=1), np.concatenate([tanh, relu], axis=1)]
    if any(np.allclose(answers, joined @ kernel + bias, atol=1e-3) for joined in orders):
        return
    if np.allclose(answers.sum(axis=1), 1, atol=1e-4) and (answers >= 0).all():
        raise Wrong("Ten logits were asked for: no softmax at the end.")
    if (answers >= 0).all():
        raise Wrong("No logit is ever negative: the last Dense(10) needs no activation.")
    raise Wrong("The two hidden layers are 32 units with ReLU and 16 with tanh; the ten logits have no activation.")


def test_ink(answer):
    two_ways, alike = measured_numbers(answer, "0 to 1", "0 to 255", shares=("0 to 1", "0 to 255"))
    if two_ways > alike:
        raise Wrong("Are the two exchanged? With ink up to 255 in both parts, the network reads more.")
    least, most = scale(quick=(0.68, 0.88), full=(0.6, 0.9))
    if alike > most:
        raise Wrong("So many reads a network trained on images from 0 to 1. Train a new one on 255 * images.")
    if alike < 0.2:
        raise Wrong("That is guessing, one of ten. Did `result` train the network before you evaluate it?")
    if alike < least:
        raise Wrong("With ink up to 255 in both parts, it reads about three of four. Take `evaluate(...)[1]`.")
    if two_ways < 0.05:
        raise Wrong("Even guessing reads about one of ten. Take `val_accuracy` of `result`.")
    if two_ways > alike - 0.1:
        raise Wrong("The two differ more. Only for the second are the validation images multiplied by 255.")


EXERCISES = [
    Exercise(
        key="004-1",
        title="What the progress line shows",
        minutes=5,
        test=test_log,
        hints=(
            "A mean over the examples: a batch of 50 counts two and a half times as much as a batch of 20.",
            "(50 * 3 + 50 * 1 + 20 * 1) / (50 + 50 + 20), and the loss of the last batch.",
        ),
        solution=[220 / 120, 1.0],
        wrong_answers={
            "mean over the batches": [1.667, 1.0],
            "exchanged": [1.0, 1.833],
            "the first batch": [1.833, 3.0],
            "the mean of batches as raw loss": [1.833, 1.667],
            "the sum": [220, 1],
            "one number": 1.833,
            "not enough digits to be it": [1.85, 1.0],
            "not a number": [float("nan"), 1.0],
        },
        explanation="220 / 120 is 1.83, and the raw loss 1.0 looks better than the epoch was. Hence keras.metrics.Mean, each batch weighed by its size.",
    ),
    Exercise(
        key="004-2",
        title="Early stopping by hand",
        minutes=15,
        test=test_stopping,
        hints=(
            "Keep the best loss and its epoch. After each epoch: is it new best? If not, how long ago was the best?",
            "Stop when `epoch - best_epoch >= patience`; return the epoch and the best epoch.",
        ),
        solution=stop_early,
        wrong_answers={
            "one epoch too long": one_more,
            "sees the future": sees_the_future,
            "compares with the epoch before": against_the_last,
            "counts from zero": from_zero,
            "never stops": never_stops,
            "exchanged": swapped,
            "ties count as better": ties_count,
        },
        also_right={"by waiting": stop_early_by_waiting},
        explanation="This is keras.callbacks.EarlyStopping. It cannot know that a better epoch would have come later.",
    ),
    Exercise(
        key="004-3",
        title="A second branch",
        minutes=10,
        test=test_branches,
        hints=(
            "Call both Dense layers on the same tensor, the flattened image.",
            "`joined = layers.Concatenate()([left, right])`, then `layers.Dense(10)(joined)` and `keras.Model(image, ...)`.",
        ),
        solution=two_branches,
        wrong_answers={
            "one after the other": one_after_the_other,
            "softmax at the end": with_softmax,
            "no activations": no_activations,
            "ReLU at the end": with_relu_at_the_end,
            "flat input": flat_input,
            "not a model": lambda: 38170,
            "an input for each branch": two_inputs,
            "an output for each branch": two_heads,
        },
        also_right={
            "models inside the model": two_branches_of_models,
            "input and output with names": two_branches_with_names,
        },
        explanation="Two branches: 785 * 32 + 785 * 16 weights, and 49 * 10 after the join.",
    ),
    Exercise(
        key="004-4",
        title="Ink from 0 to 255 (open)",
        minutes=15,
        test=test_ink,
        hints=(
            "`network = new_network()`, then `result(network, inputs=255 * images)['val_accuracy']`.",
            "`network.evaluate(255 * digits.validation.inputs, digits.validation.targets, verbose=0)[1]` is the other one.",
        ),
        solution={"0 to 1": 0.43, "0 to 255": 0.77},
        program="""
            network = new_network()
            two_ways = result(network, inputs=255 * images)["val_accuracy"]
            bright = 255 * digits.validation.inputs
            alike = network.evaluate(bright, digits.validation.targets, verbose=0)[1]
            finding = {"0 to 1": two_ways, "0 to 255": alike}
            """,
        also_right={"another run": {"0 to 1": 0.18, "0 to 255": 0.75}},
        wrong_answers={
            "percent": {"0 to 1": 43, "0 to 255": 77},
            "exchanged": {"0 to 1": 0.77, "0 to 255": 0.43},
            "untrained": {"0 to 1": 0.1, "0 to 255": 0.1},
            "validation multiplied twice": {"0 to 1": 0.77, "0 to 255": 0.77},
            "trained on images from 0 to 1": {"0 to 1": 0.92, "0 to 255": 0.92},
            "one number": 0.77,
            "fewer than three of four": {"0 to 1": 0.14, "0 to 255": 0.65},
            "not a number": {"0 to 1": float("nan"), "0 to 255": 0.77},
        },
        explanation="In our runs 0.18 to 0.43 in two ways, 0.75 to 0.80 alike; from 0 to 1 it is 0.92. The two ways cost most, "
        "large numbers cost the rest: hence images from 0 to 1.",
    ),
]
