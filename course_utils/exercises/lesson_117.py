"""Exercises of lesson 117, the next frame."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, shown

SHAPE, WEIGHTS = (14, 28, 28, 8), 3 * 5 * 5 * 2 * 8 + 8
SHAPE_MISTAKES = {
    (16, 32, 32, 8): "That is the shape with padding same. With valid padding the window stays inside the clip.",
    (16, 28, 28, 8): "The window has a duration of 3 frames, so the time axis shrinks as well.",
    (14, 28, 28, 2): "The last axis has one value for each kernel, not for each input channel.",
    (14, 28, 28, 16): "The kernels add up the input channels. One value for each kernel is left.",
    (14, 28, 28): "The axes of the output are frames, rows, columns and channels: four numbers.",
}
WEIGHT_MISTAKES = {
    1200: "The kernels are counted right, but each of the 8 has a bias too.",
    608: "Your kernels read one channel. Each kernel reads both.",
    600: "Your kernels read one channel and have no bias. Each reads both channels and has one bias.",
    408: "Your window has no duration: 5 * 5 * 2 weights. It spans 3 frames as well.",
    1216: "You gave each kernel one bias per input channel. It adds up the channels and has a single bias.",
}


def test_shape_and_weights(answer):
    if not isinstance(answer, dict) or not {"shape", "weights"} <= set(answer):
        raise Wrong('The answer is a dictionary: {"shape": (..., ..., ..., ...), "weights": ...}.')
    shape, weights = answer["shape"], answer["weights"]
    if not isinstance(shape, (tuple, list, np.ndarray)) or any(
        np.ndim(size) or isinstance(size, dict) for size in shape
    ):
        raise Wrong("The shape is a tuple of four whole numbers.")
    if len(shape) == 5:
        raise Wrong("Leave the batch axis out: the shape for one clip has four numbers.")
    if tuple(shape) in SHAPE_MISTAKES:
        raise Wrong(SHAPE_MISTAKES[tuple(shape)])
    if tuple(shape) != SHAPE:
        raise Wrong(f"The shape is not {tuple(shape)}. On each of the three axes: size - window + 1.")
    weights = one_number(weights, '"weights"')
    if weights in WEIGHT_MISTAKES:
        raise Wrong(WEIGHT_MISTAKES[weights])
    if weights != WEIGHTS:
        raise Wrong(f"The shape is right, but the number of weights is not {weights:g}.")


LETTER_MISTAKES = {
    "a": "A rewards ink in the upper row now and in the lower row in the next frame: motion downward.",
    "c": "C has the same weights in both frames: it looks for an edge, in motion or not.",
    "d": "D subtracts one frame from the next in both rows: it fires when ink appears, wherever it comes from.",
}


def test_letter(answer):
    letter = answer.strip().lower() if isinstance(answer, str) else ""
    if letter in LETTER_MISTAKES:
        raise Wrong(LETTER_MISTAKES[letter])
    if letter != "b":
        raise Wrong(f"The answer is one of the letters 'A', 'B', 'C' and 'D', not {shown(answer)}.")


def frame_difference(clips):
    return clips[:, 1:] - clips[:, :-1]


def this_minus_next(clips):
    return clips[:, :-1] - clips[:, 1:]


def size_of_the_change(clips):
    return np.abs(frame_difference(clips))


def row_difference(clips):
    return np.diff(clips, axis=2)


def clip_difference(clips):
    return np.diff(clips, axis=0)


def around_the_end(clips):
    return np.roll(clips, -1, axis=1) - clips


def from_the_first(clips):
    return clips[:, 1:] - clips[:, :1]


def column_difference(clips):
    return np.diff(clips, axis=3)


def every_second(clips):
    return clips[:, 2:] - clips[:, :-2]


def frame_difference_by_loop(clips):
    frames = [clips[:, frame + 1] - clips[:, frame] for frame in range(clips.shape[1] - 1)]
    return np.stack(frames, axis=1)


DIFFERENCE_MISTAKES = (
    (this_minus_next, "The sign is turned: the next frame minus this one, so that ink that appears counts positive."),
    (size_of_the_change, "You took the absolute value. The sign tells whether ink came or went: keep it."),
    (row_difference, "You took differences from row to row. Time is axis 1."),
    (column_difference, "You took differences from column to column. Time is axis 1."),
    (every_second, "You compared frames that stand two apart. Compare each with the next."),
    (clip_difference, "You subtracted one clip from the next. Time is axis 1."),
    (
        around_the_end,
        "Your last frame compares the end with the beginning: np.roll goes around. There is one frame less.",
    ),
    (from_the_first, "You compared each frame with the first one. Compare it with the one right before."),
)


def test_frame_difference(answer):
    generator = np.random.default_rng(0)
    for shape in ((2, 5, 6, 4, 3), (3, 3, 2, 5, 1), (1, 2, 4, 3, 2)):
        clips = generator.normal(size=shape)
        result, expected = answer(clips), frame_difference(clips)
        for mistake, message in DIFFERENCE_MISTAKES:
            wrong = mistake(clips)
            numeric = np.shape(result) == wrong.shape and np.asarray(result).dtype.kind in "iuf"
            if numeric and np.allclose(result, wrong) and not np.array_equal(wrong, expected):
                raise Wrong(message)
        expect_close(result, expected, "The differences are not those of each frame to the next.")


def test_finding(answer):
    with_all, fewer, frames = measured_numbers(
        answer, "all", "fewer", "frames", shares=("all", "fewer"), counts=("frames",)
    )
    if not 1 <= frames <= 7:
        raise Wrong('"frames" is how many of the 8 frames you kept: a whole number from 1 to 7.')
    if with_all < 0.7:
        raise Wrong(
            "With all frames the (2+1)D network did better on this page. Is it the trained network that you measured?"
        )
    if frames == 1 and fewer > 0.25:
        raise Wrong(
            "So many right directions from one frame? A single frame of ours tells nothing: look for a mistake."
        )
    if fewer == with_all != round(with_all, 2):  # two decimals may well be equal
        raise Wrong(
            "Both equal to the last digit? Measure the new network, on `test.clips` cut like the training clips."
        )
    if fewer > with_all + 0.05:
        raise Wrong("Clearly better with fewer frames? The two numbers may have changed places.")
    if frames > 1 and fewer < 0.16:
        raise Wrong("That is a guess, one in eight. Was the network trained anew on the shorter clips?")


EXERCISES = [
    Exercise(
        key="117-1",
        title="Shape and weights of a 3-D convolution",
        minutes=5,
        test=test_shape_and_weights,
        hints=(
            "Valid padding: each of the three axes has size - window + 1 places. The last axis has one value a kernel.",
            "One kernel holds 3 * 5 * 5 * 2 weights and one bias. There are 8 kernels.",
        ),
        solution={"shape": SHAPE, "weights": WEIGHTS},
        wrong_answers={
            "padding same": {"shape": (16, 32, 32, 8), "weights": WEIGHTS},
            "time not shrunk": {"shape": (16, 28, 28, 8), "weights": WEIGHTS},
            "channels of the input": {"shape": (14, 28, 28, 2), "weights": WEIGHTS},
            "no biases": {"shape": SHAPE, "weights": 1200},
            "one input channel": {"shape": SHAPE, "weights": 608},
            "no duration": {"shape": SHAPE, "weights": 408},
            "not a dictionary": WEIGHTS,
            "the batch as Keras prints it": {"shape": (None, *SHAPE), "weights": WEIGHTS},
            "a batch of one": {"shape": (1, *SHAPE), "weights": WEIGHTS},
            "not a number": {"shape": SHAPE, "weights": float("nan")},
        },
        also_right={"a list": {"shape": list(SHAPE), "weights": float(WEIGHTS)}},
        explanation="16 - 3 + 1 = 14 and 32 - 5 + 1 = 28; (3 * 5 * 5 * 2 + 1) * 8 = 1208 weights, whatever the length of the film.",
    ),
    Exercise(
        key="117-2",
        title="Which kernel detects upward motion?",
        minutes=10,
        test=test_letter,
        hints=(
            "Upward: the dot is in the lower row in the first frame and in the upper row in the second.",
            "The kernel must have its positive weights exactly there: first line, second number; second line, first number.",
        ),
        solution="B",
        wrong_answers={
            "downward": "A",
            "an edge": "C",
            "appearance": "D",
            "not a letter": 2,
            "two of them": "A and B",
            "none of them": "E",
        },
        also_right={"small": "b", "with a space": " B "},
        explanation="-1 1 over 1 -1: lower row now, upper row in the next frame, together 2, and 1 after the bias.",
    ),
    Exercise(
        key="117-3",
        title="Frame difference",
        minutes=10,
        test=test_frame_difference,
        hints=(
            "clips[:, 1:] are all frames but the first. Which slice holds all but the last?",
            "clips[:, 1:] - clips[:, :-1]",
        ),
        solution=frame_difference,
        wrong_answers={
            "turned sign": this_minus_next,
            "absolute value": size_of_the_change,
            "rows": row_difference,
            "clips": clip_difference,
            "around the end": around_the_end,
            "against the first frame": from_the_first,
            "columns": column_difference,
            "every second frame": every_second,
        },
        also_right={"by a loop": frame_difference_by_loop},
        explanation="np.diff(clips, axis=1) does the same. It is a 3-D convolution with the weights -1 and 1 along time.",
    ),
    Exercise(
        key="117-4",
        title="How many frames does it take?",
        minutes=15,
        test=test_finding,
        hints=(
            "Give build_factorised an argument: def build_factorised(frames=8), and keras.Input((frames, 32, 32, 1)).",
            "train.clips[:, ::2] keeps every second frame, train.clips[:, :4] the first four: both four frames, "
            "but the digit goes about twice as far in the first. Compile and fit like on the page; measure on test.clips cut alike.",
        ),
        solution={"all": 0.96, "fewer": 0.91, "frames": 4},
        program="""
            def build_short(frames):
                maps = clips = keras.Input((frames, 32, 32, 1))
                for filters, size in ((12, 4), (16, 3), (32, 3)):
                    for window, stride in (((1, size, size), (1, 2, 2)), ((3, 1, 1), 1)):
                        convolution = keras.layers.Conv3D(
                            filters, window, strides=stride, padding="same", use_bias=False
                        )
                        maps = block(maps, convolution)
                features = keras.layers.GlobalAveragePooling3D()(maps)
                return with_two_answers(clips, features, "short")


            short, epochs = build_short(4), scale(quick=4, full=10)
            clips = train.clips[:, ::2]
            steps = epochs * len(clips) // 32
            rate = keras.optimizers.schedules.CosineDecay(0.006, decay_steps=steps)
            targets = {"direction": train.directions, "digit": train.digits}
            short.compile(
                keras.optimizers.Adam(rate), loss=dict.fromkeys(targets, loss)
            )
            short.fit(clips, targets, epochs=epochs, batch_size=32, verbose=0)
            said = short.predict(test.clips[:, ::2], batch_size=100, verbose=0)
            fewer = np.mean(said["direction"].argmax(axis=1) == test.directions)
            finding = {"all": direction_accuracy["(2+1)D"], "fewer": fewer, "frames": 4}
            """,
        also_right={
            "one frame": {"all": 0.95, "fewer": 0.13, "frames": 1},
            "alike in two decimals": {"all": 0.94, "fewer": 0.94, "frames": 6},
        },
        wrong_answers={
            "half a frame": {"all": 0.96, "fewer": 0.91, "frames": 2.5},
            "percent": {"all": 96.0, "fewer": 91.0, "frames": 4},
            "changed places": {"all": 0.8, "fewer": 0.96, "frames": 4},
            "not trained anew": {"all": 0.96, "fewer": 0.12, "frames": 4},
            "no count": {"all": 0.96, "fewer": 0.91},
            "nothing left out": {"all": 0.96, "fewer": 0.96, "frames": 8},
            "the page's number twice": {"all": 0.943, "fewer": 0.943, "frames": 4},
            "not a number": {"all": 0.96, "fewer": float("nan"), "frames": 4},
            "one frame is enough": {"all": 0.96, "fewer": 0.9, "frames": 1},
        },
        explanation="One such run: 0.96 with all eight frames, 0.91 with every second, 0.90 with the first four, 0.68 with the first two. "
        "Four frames of either kind are about as good, although the digit goes twice as far in the one. More frames also "
        "outvote the scraps that flash up in a single one.",
    ),
]
