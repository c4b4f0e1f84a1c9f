"""Exercises of lesson 101, convolution by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, one_number, some_numbers

WEIGHT_MISTAKES = {
    4608: "You counted the weights of the kernels. Each of the 32 kernels has a bias too.",
    320: "Your kernels read one channel. Each kernel reads all 16 channels: 3 * 3 * 16 weights.",
    160: "That is a layer of 16 kernels that read one channel. Here 32 kernels read 16 channels each.",
    4640 * 784: "You counted the weights anew at each of the 28 * 28 places. They are the same ones everywhere.",
    5120: "You gave each kernel one bias per channel. A kernel adds up all channels and has a single bias.",
}


def test_weights(answer):
    number = one_number(answer)
    if number in WEIGHT_MISTAKES:
        raise Wrong(WEIGHT_MISTAKES[number])
    if number != 4640:
        raise Wrong(f"It is not {number:g}.")


def correlate(images, kernel):
    """Images (n, rows, columns), kernel (3, 3), zeros around the images, stride 1."""
    rows, columns = images.shape[1:]
    bordered = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return sum(kernel[y, x] * bordered[:, y : y + rows, x : x + columns] for y, x in np.ndindex(3, 3))


def one_at(row, column):
    kernel = np.zeros((3, 3))
    kernel[row, column] = 1
    return kernel


KERNEL_MISTAKES = (
    (
        one_at(1, 2),
        "Your kernel moves the image to the left: each output takes the pixel on its right. Nothing turns the kernel.",
    ),
    (one_at(1, 1), "Your kernel leaves the image where it is: each output takes the pixel right under it."),
    (one_at(0, 1), "Your kernel moves the image down: each output takes the pixel above it."),
    (one_at(2, 1), "Your kernel moves the image up: each output takes the pixel below it."),
    (
        np.array([[1, 0, 0]] * 3),
        "Your kernel adds up three rows. One weight is enough: one pixel goes into each output.",
    ),
    (-one_at(1, 0), "Right place, wrong sign: your kernel makes a negative of the moved image."),
)


def without_axes_of_one(kernel):
    """A kernel as Keras stores it, (3, 3, 1, 1), as (3, 3); all else as it is."""
    try:
        shape = np.shape(kernel)
    except ValueError:  # lists of different lengths
        return kernel
    return np.reshape(kernel, (3, 3)) if shape[:2] == (3, 3) and set(shape[2:]) == {1} else kernel


def test_kernel(answer):
    kernel = some_numbers(without_axes_of_one(answer), (3, 3), "The kernel")
    images = np.random.default_rng(0).normal(size=(3, 6, 7))
    result = correlate(images, kernel)
    for mistake, message in KERNEL_MISTAKES:
        if np.allclose(result, correlate(images, mistake)):
            raise Wrong(message)
    expect_close(result, correlate(images, one_at(1, 0)), "The result is not the image moved one pixel to the right.")


def average_pool2d(images, size, stride):
    rows = (images.shape[1] - size) // stride + 1
    columns = (images.shape[2] - size) // stride + 1
    total = 0
    for y, x in np.ndindex(size, size):
        down = slice(y, y + rows * stride, stride)
        across = slice(x, x + columns * stride, stride)
        total = total + images[:, down, across]
    return total / size**2


def average_by_windows(images, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    return windows[:, ::stride, ::stride].mean(axis=(-2, -1))


def average_by_keras(images, size, stride):
    import keras

    return keras.layers.AveragePooling2D(size, strides=stride)(images)


def largest_of_each_window(images, size, stride):
    rows = (images.shape[1] - size) // stride + 1
    columns = (images.shape[2] - size) // stride + 1
    largest = -np.inf
    for y, x in np.ndindex(size, size):
        largest = np.maximum(largest, images[:, y : y + rows * stride : stride, x : x + columns * stride : stride])
    return largest


def sum_of_each_window(images, size, stride):
    return average_pool2d(images, size, stride) * size**2


def divided_by_size(images, size, stride):
    return average_pool2d(images, size, stride) * size


def channels_mixed(images, size, stride):
    return np.repeat(average_pool2d(images, size, stride).mean(axis=-1, keepdims=True), images.shape[-1], axis=-1)


def images_mixed(images, size, stride):
    return np.repeat(average_pool2d(images, size, stride).mean(axis=0, keepdims=True), len(images), axis=0)


def stride_ignored(images, size, stride):
    return average_pool2d(images, size, size)


POOL_MISTAKES = (
    (largest_of_each_window, "You took the largest of each window. The average is asked for."),
    (sum_of_each_window, "You added up each window. Divide by the number of its pixels."),
    (divided_by_size, "You divided by `size`. A window has size * size pixels."),
    (channels_mixed, "You averaged over the channels as well. Pooling treats each channel on its own."),
    (images_mixed, "You averaged over the images of the batch as well. Each image is pooled on its own."),
    (
        stride_ignored,
        "Your windows stand side by side. The step between them is `stride`, which can differ from `size`.",
    ),
)


def test_average_pool(answer):
    generator = np.random.default_rng(1)
    for shape, size, stride in [((2, 9, 7, 3), 3, 2), ((3, 6, 6, 1), 2, 1), ((2, 8, 5, 2), 2, 2), ((1, 7, 7, 2), 2, 3)]:
        images = generator.normal(size=shape)
        result, expected = answer(images, size, stride), average_pool2d(images, size, stride)
        for mistake, message in POOL_MISTAKES:
            if is_this_mistake(result, mistake(images, size, stride), expected):
                raise Wrong(message)
        expect_close(result, expected, f"The averages differ for size {size} and stride {stride}.")


def is_this_mistake(result, wrong, expected):
    """Whether the result is the wrong one, where that differs from the right one."""
    if np.shape(result) != wrong.shape or not np.allclose(result, wrong):
        return False
    return wrong.shape != expected.shape or not np.allclose(wrong, expected)


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
            "channels and kernels mixed up": 160,
            "weights not shared": 4640 * 784,
            "bias per channel": 5120,
            "not a number": float("nan"),
            "truth value": True,
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
        solution=[[0, 0, 0], [1, 0, 0], [0, 0, 0]],
        also_right={
            "as Keras stores it": one_at(1, 0).reshape(3, 3, 1, 1),
            "of floats": one_at(1, 0).tolist(),
            "as Keras stores it, a list": one_at(1, 0).reshape(3, 3, 1, 1).tolist(),
            "with one channel": one_at(1, 0)[..., np.newaxis],
        },
        wrong_answers={
            "moves left, as if the kernel were turned": one_at(1, 2),
            "identity": one_at(1, 1),
            "moves down": one_at(0, 1),
            "whole column": np.array([[1, 0, 0]] * 3),
            "negative": -one_at(1, 0),
            "not a number": np.full((3, 3), np.nan),
            "rows of different lengths": [[0, 0, 0], [1, 0], [0, 0, 0]],
        },
        explanation="Without turning, the weight left of the middle picks the left neighbour, so everything moves right.",
    ),
    Exercise(
        key="101-3",
        title="Average pooling",
        minutes=15,
        test=test_average_pool,
        hints=(
            "Start from max_pool2d: the same pieces of the images, combined in another way.",
            "Begin with total = 0, add each piece, and divide by size * size at the end.",
        ),
        solution=average_pool2d,
        also_right={"by windows": average_by_windows, "by Keras": average_by_keras},
        wrong_answers={
            "maximum": largest_of_each_window,
            "sum": sum_of_each_window,
            "divided by size": divided_by_size,
            "channels mixed": channels_mixed,
            "images mixed": images_mixed,
            "stride ignored": stride_ignored,
        },
        explanation="It is also a convolution: one kernel of equal weights, applied to each channel on its own.",
    ),
]
