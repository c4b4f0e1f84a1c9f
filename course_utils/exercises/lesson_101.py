"""Exercises of lesson 101, convolution by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers

WEIGHT_MISTAKES = (
    (4608, "You counted the weights of the kernels. Each of the 32 kernels has a bias too."),
    (320, "Your kernels read one channel. Each kernel reads all 16 input channels: 3 * 3 * 16 weights."),
    (
        160,
        "That is a layer of 16 kernels that read one channel. Here 32 kernels read 16 channels each.",
    ),
    (
        4640 * 784,
        "You counted the weights anew at each of the 28 * 28 places. They are shared: the same ones everywhere.",
    ),
    (5120, "You gave each kernel one bias per input channel. A kernel adds up all channels and has a single bias."),
)


def test_weights(answer):
    for mistake, message in WEIGHT_MISTAKES:
        if np.shape(answer) == () and np.isreal(answer) and answer == mistake:
            raise Wrong(message)
    expect_close(answer, 4640, f"It is not {answer!r}.", tolerance=1e-9)


def correlate(images, kernel):
    """Images (n, rows, columns), kernel (3, 3), zeros around the images, stride 1."""
    rows, columns = images.shape[1:]
    bordered = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return sum(kernel[y, x] * bordered[:, y : y + rows, x : x + columns] for y, x in np.ndindex(3, 3))


def one_at(row, column):
    kernel = np.zeros((3, 3))
    kernel[row, column] = 1
    return kernel


def test_kernel(answer):
    try:
        kernel = np.asarray(answer, dtype="float64").squeeze()
    except (TypeError, ValueError) as error:
        raise Wrong("The answer is a 3 x 3 array of numbers.") from error
    if kernel.shape != (3, 3):
        raise Wrong(f"The kernel has shape {np.shape(answer)}; it should be (3, 3).")
    images = np.random.default_rng(0).normal(size=(2, 6, 7))
    result = correlate(images, kernel)
    mistakes = (
        (
            one_at(1, 2),
            "Your kernel moves the image to the left: each output takes the pixel on its right. Nothing turns the kernel here.",
        ),
        (one_at(1, 1), "Your kernel leaves the image where it is: each output takes the pixel right under it."),
        (one_at(0, 1), "Your kernel moves the image down: each output takes the pixel above it."),
        (one_at(2, 1), "Your kernel moves the image up: each output takes the pixel below it."),
        (
            np.array([[1, 0, 0]] * 3),
            "Your kernel adds up three rows. One weight is enough: one pixel goes into each output.",
        ),
    )
    for mistake, message in mistakes:
        if np.allclose(result, correlate(images, mistake)):
            raise Wrong(message)
    expect_close(result, correlate(images, one_at(1, 0)), "The result is not the image moved one pixel to the right.")


def average_pool2d(images, size, stride):
    rows, columns = (images.shape[1] - size) // stride + 1, (images.shape[2] - size) // stride + 1
    total = 0
    for y, x in np.ndindex(size, size):
        total = total + images[:, y : y + rows * stride : stride, x : x + columns * stride : stride]
    return total / size**2


def largest_of_each_window(images, size, stride):
    rows, columns = (images.shape[1] - size) // stride + 1, (images.shape[2] - size) // stride + 1
    places = np.ndindex(size, size)
    return np.max(
        [images[:, y : y + rows * stride : stride, x : x + columns * stride : stride] for y, x in places], axis=0
    )


def sum_of_each_window(images, size, stride):
    return average_pool2d(images, size, stride) * size**2


def divided_by_size(images, size, stride):
    return average_pool2d(images, size, stride) * size


def channels_mixed(images, size, stride):
    return np.repeat(average_pool2d(images, size, stride).mean(axis=-1, keepdims=True), images.shape[-1], axis=-1)


def stride_ignored(images, size, stride):
    return average_pool2d(images, size, size)


def test_average_pool(answer):
    images = np.random.default_rng(1).normal(size=(2, 9, 7, 3))
    mistakes = (
        (largest_of_each_window, "You took the largest of each window. The average is asked for."),
        (sum_of_each_window, "You added up each window. Divide by the number of its pixels."),
        (divided_by_size, "You divided by `size`. A window has size * size pixels."),
        (channels_mixed, "You averaged over the channels as well. Pooling treats each channel on its own."),
        (
            stride_ignored,
            "Your windows stand side by side. The step between them is `stride`, which can differ from `size`.",
        ),
    )
    for size, stride in ((3, 2), (2, 1), (2, 2)):
        result, expected = answer(images.copy(), size, stride), average_pool2d(images, size, stride)
        for mistake, message in mistakes:
            wrong = mistake(images, size, stride)
            if (
                np.shape(result) == wrong.shape
                and np.allclose(result, wrong)
                and not (wrong.shape == expected.shape and np.allclose(wrong, expected))
            ):
                raise Wrong(message)
        expect_close(result, expected, f"The averages differ for size {size} and stride {stride}.")


def test_finding(answer):
    centred, moved = measured_numbers(answer, "centred", "moved", shares=("centred", "moved"))
    if moved > centred + 0.03:
        raise Wrong("Better on moved digits than on centred ones? The two numbers may have changed places.")
    if centred < 0.85:
        raise Wrong(
            "The centred digits have suffered: LeNet-5 did better before. Train longer, or move the images less wildly."
        )
    if moved < 0.7:
        raise Wrong(
            "That is hardly better than training on centred digits only. Does the network see moved digits while it trains?"
        )


EXERCISES = [
    Exercise(
        key="101-1",
        title="Count the weights of a convolution",
        minutes=5,
        test=test_weights,
        hints=(
            "How many numbers does one kernel of 3 x 3 hold when it reads 16 channels?",
            "(3 * 3 * 16 + 1 bias) times the number of kernels. The size of the image does not matter.",
        ),
        solution=4640,
        wrong_answers={
            "no biases": 4608,
            "one input channel": 320,
            "weights not shared": 4640 * 784,
            "bias per channel": 5120,
        },
        explanation="(3 * 3 * 16 + 1) * 32: each kernel reads all channels and has one bias; the image's size plays no part.",
    ),
    Exercise(
        key="101-2",
        title="A kernel that moves the image",
        minutes=10,
        test=test_kernel,
        hints=(
            "Each output must take exactly one pixel. Which neighbour must land here if everything moves to the right?",
            "The pixel on the left. So the one weight that is not zero stands left of the middle.",
        ),
        solution=np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]]),
        wrong_answers={
            "moves left, as if the kernel were turned": one_at(1, 2),
            "identity": one_at(1, 1),
            "moves down": one_at(0, 1),
            "whole column": np.array([[1, 0, 0]] * 3),
        },
        explanation="Without turning, the weight left of the middle picks the left neighbour, so everything moves right.",
    ),
    Exercise(
        key="101-3",
        title="Average pooling",
        minutes=10,
        test=test_average_pool,
        hints=(
            "Start from max_pool2d: the same moved copies, combined in another way.",
            "np.mean over the list of copies, along axis 0.",
        ),
        solution=average_pool2d,
        wrong_answers={
            "maximum": largest_of_each_window,
            "sum": sum_of_each_window,
            "divided by size": divided_by_size,
            "channels mixed": channels_mixed,
            "stride ignored": stride_ignored,
        },
        explanation="It is also a convolution: one kernel of equal weights, applied to each channel on its own.",
    ),
    Exercise(
        key="101-4",
        title="Cope with moved digits",
        minutes=15,
        test=test_finding,
        hints=(
            "keras.Sequential([keras.Input((28, 28, 1)), keras.layers.RandomTranslation(4 / 28, 4 / 28, "
            'fill_mode="constant"), build_lenet()]) moves each training image by its own random offset.',
            "Compile and fit it like LeNet-5, with some more epochs, and pass "
            "lambda images: model.predict(images, verbose=0).argmax(axis=1) to accuracy_when_moved.",
        ),
        solution={"centred": 0.94, "moved": 0.91},
        wrong_answers={
            "percent": {"centred": 94.0, "moved": 91.0},
            "LeNet-5 as it was": {"centred": 0.95, "moved": 0.42},
            "changed places": {"centred": 0.7, "moved": 0.94},
            "only one number": 0.91,
            "centred digits lost": {"centred": 0.5, "moved": 0.48},
        },
        explanation="One such run with RandomTranslation: a little worse in the middle, far better at 4 pixels. "
        "The network learned the moves from examples; convolution alone did not give them.",
    ),
]
