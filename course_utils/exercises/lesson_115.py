"""Exercises of lesson 115, training a detector."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_no_mistake,
    measured_numbers,
    one_number,
    some_numbers,
)

PLACE_MISTAKES = (
    ([6, 4, 0.75, 0.375, 4.5, 5.75], "Row and column have changed places: y, 4.375 cells, chooses the row."),
    ([4, 6, 0.375, 0.75, 4.5, 5.75], "The offset's two numbers have changed places: x comes first."),
    ([4, 6, 0.75, 0.375, 5.75, 4.5], "Width and height have changed places: the width is 36 - 18 pixels."),
    ([4, 6, 0.75, 0.375, 18, 23], "The size is in pixels. Count it in cells, like the offset."),
    ([4, 6, 3, 1.5, 18, 23], "Offset and size are in pixels. Count them in cells of 4 pixels."),
    ([4, 6, 3, 1.5, 4.5, 5.75], "The offset is in pixels. Count it in cells, like the size."),
    ([4, 7, -0.25, 0.375, 4.5, 5.75], "You rounded the column. The centre lies IN cell 6: its whole part counts."),
    ([4, 6, 0.75, 0.375, 2.25, 2.875], "These are half the width and height. The target holds the whole."),
    ([1, 4, 0.5, 0.5, 4.5, 5.75], "You took the upper left corner. The place is that of the box's centre."),
    ([17.5, 27, 0.75, 0.375, 4.5, 5.75], "Row and column are in pixels. Count in cells, and take the whole part."),
)
PARTS = ("row", "column", "offset in x", "offset in y", "width", "height")


def test_place(answer):
    if isinstance(answer, (list, tuple)) and any(np.ndim(part) == 1 for part in answer):
        answer = np.hstack(answer)  # as `place_of` returns it: row, column and four numbers
    numbers = some_numbers(answer, (6,))
    for mistake, message in PLACE_MISTAKES:
        if np.allclose(numbers, mistake):
            raise Wrong(message)
    for number, right, name in zip(numbers, (4, 6, 0.75, 0.375, 4.5, 5.75), PARTS):
        if not np.isclose(number, right):
            raise Wrong(f"The {name} is not {number:g}. Divide the box by 4 first; then centre, whole part and rest.")


def bias_for(share):
    return np.log(share / (1 - share))


BIAS_MISTAKES = {
    lambda share: -np.log(share / (1 - share)): "The sign is wrong: a rare one needs a negative bias.",
    np.log: "That is the logarithm of the share. Solve 1 / (1 + exp(-bias)) = share for the bias.",
    np.log10: "That is the decimal logarithm of the share. Solve 1 / (1 + exp(-bias)) = share for the bias.",
    lambda share: np.log10(
        share / (1 - share)
    ): "The right ratio, the wrong logarithm: the sigmoid needs the natural one.",
    lambda share: (
        1 / (1 + np.exp(-share))
    ): "You applied the sigmoid to the share. What is wanted leads back, from answer to bias.",
    lambda share: share / (1 - share): "That is the ratio of ones to zeros. Its logarithm is the bias.",
    lambda share: np.log(1 - share): "That is what a zero costs, with the sign turned. Solve sigmoid(bias) = share.",
    lambda share: -4.0 + 0 * share: "That is the page's bias, for each share the same. Use the share.",
}


def test_bias(answer):
    cases = [(0.001,), (0.02,), (0.2,), (0.5,), (0.9,)]
    results = [one_number(answer(*case), "The result") for case in cases]
    expect_no_mistake(results, cases, BIAS_MISTAKES)
    for result, (share,) in zip(results, cases):
        if not np.isclose(result, bias_for(share), atol=1e-3):
            raise Wrong(f"With the bias {result:.3f} the network answers {1 / (1 + np.exp(-result)):.4f}, not {share}.")


FINDING = ("cells", "cells_nms", "peaks", "peaks_nms")


def test_finding(answer):
    cells, cells_nms, peaks, peaks_nms = measured_numbers(answer, *FINDING, shares=FINDING)
    if min(peaks, peaks_nms) < 0.5:
        raise Wrong(
            "Peaks find far more on the page. Is it the AP50 of the validation scenes, with the trained detector?"
        )
    if cells > peaks:
        raise Wrong("All cells better than the peaks? Each neighbour of a centre is one more box. Changed places?")
    if cells > cells_nms:
        raise Wrong("Suppression made all cells worse? The two numbers may have changed places.")
    if cells > peaks - 0.05:
        raise Wrong(
            "Hardly a difference? For `cells`, hand the heat itself to `read_boxes`, not what `peaks_of` leaves."
        )
    if abs(peaks - peaks_nms) > 0.1:
        raise Wrong("Suppression should change little among peaks. Is the least score 0.1 in all four?")
    if cells_nms < cells + 0.02:
        raise Wrong("Suppression changed nothing among all cells? Run `without_doubles` on each scene's answer.")


EXERCISES = [
    Exercise(
        key="115-1",
        title="From a box to a cell",
        minutes=5,
        test=test_place,
        hints=(
            "Divide all four sides by 4: (4.5, 1.5, 9, 7.25). The centre is the mean of the corners.",
            "The centre is (6.75, 4.375). Whole parts: column 6, row 4. What is left over is the offset.",
        ),
        solution=[4, 6, 0.75, 0.375, 4.5, 5.75],
        also_right={
            "as an array": np.array([4, 6, 0.75, 0.375, 4.5, 5.75]),
            "as place_of": (4, 6, (0.75, 0.375, 4.5, 5.75)),
        },
        wrong_answers={
            "row and column": [6, 4, 0.75, 0.375, 4.5, 5.75],
            "offset exchanged": [4, 6, 0.375, 0.75, 4.5, 5.75],
            "size exchanged": [4, 6, 0.75, 0.375, 5.75, 4.5],
            "size in pixels": [4, 6, 0.75, 0.375, 18, 23],
            "all in pixels": [4, 6, 3, 1.5, 18, 23],
            "offset in pixels": [4, 6, 3, 1.5, 4.5, 5.75],
            "rounded": [4, 7, -0.25, 0.375, 4.5, 5.75],
            "half sizes": [4, 6, 0.75, 0.375, 2.25, 2.875],
            "corner": [1, 4, 0.5, 0.5, 4.5, 5.75],
            "place in pixels": [17.5, 27, 0.75, 0.375, 4.5, 5.75],
            "not a number": [4, 6, 0.75, float("nan"), 4.5, 5.75],
        },
        explanation="place_of(np.array([18, 6, 36, 29])) says the same.",
    ),
    Exercise(
        key="115-2",
        title="A bias for a share",
        minutes=10,
        test=test_bias,
        hints=(
            "The untrained network answers 1 / (1 + exp(-bias)). Set that equal to the share.",
            "exp(-bias) = (1 - share) / share. Take the logarithm of both sides.",
        ),
        solution=bias_for,
        also_right={"in two logarithms": lambda share: np.log(share) - np.log1p(-share)},
        wrong_answers={
            "sign": lambda share: -np.log(share / (1 - share)),
            "logarithm of the share": lambda share: np.log(share),
            "decimal logarithm of the share": lambda share: np.log10(share),
            "decimal": lambda share: np.log10(share / (1 - share)),
            "sigmoid": lambda share: 1 / (1 + np.exp(-share)),
            "ratio": lambda share: share / (1 - share),
            "cost of a zero": lambda share: np.log(1 - share),
            "the page's": lambda share: -4.0,
            "not a number": lambda share: float("nan"),
        },
        explanation="One in a thousand needs -6.9, one in fifty -3.9, near the page's -4.",
    ),
    Exercise(
        key="115-3",
        title="Peaks or suppression?",
        minutes=15,
        test=test_finding,
        hints=(
            'answers = detector.predict(validation_images, batch_size=100, verbose=0); answers["heat"] holds all cells.',
            "[read_boxes(heat, geometry, 0.1) for heat, geometry in zip(heats, geometries)], once with the heat itself and "
            "once with peaks_of(heat); then `without_doubles` scene by scene; coco_map(*validation[:2], found, 0.5).",
        ),
        solution={"cells": 0.3, "cells_nms": 0.8, "peaks": 0.8, "peaks_nms": 0.8},
        program="""
            answers = detector.predict(validation_images, batch_size=100, verbose=0)


            def read(heats):
                geometries = answers["geometry"]
                return [read_boxes(*maps, 0.1) for maps in zip(heats, geometries)]


            def ap50(found):
                return coco_map(*validation[:2], found, 0.5)


            cells = read(answers["heat"])
            peaks = read(peaks_of(answers["heat"]))
            finding = {
                "cells": ap50(cells),
                "cells_nms": ap50([without_doubles(scene) for scene in cells]),
                "peaks": ap50(peaks),
                "peaks_nms": ap50([without_doubles(scene) for scene in peaks]),
            }
            """,
        wrong_answers={
            "percent": {"cells": 30, "cells_nms": 80, "peaks": 81, "peaks_nms": 80},
            "suppression never ran": {"cells": 0.3, "cells_nms": 0.3, "peaks": 0.8, "peaks_nms": 0.8},
            "cells and peaks exchanged": {"cells": 0.81, "cells_nms": 0.82, "peaks": 0.6, "peaks_nms": 0.8},
            "with and without exchanged": {"cells": 0.7, "cells_nms": 0.3, "peaks": 0.8, "peaks_nms": 0.8},
            "peaks twice": {"cells": 0.8, "cells_nms": 0.81, "peaks": 0.8, "peaks_nms": 0.81},
            "untrained": {"cells": 0.01, "cells_nms": 0.02, "peaks": 0.03, "peaks_nms": 0.03},
            "other least score": {"cells": 0.3, "cells_nms": 0.8, "peaks": 0.8, "peaks_nms": 0.6},
            "not a number": {"cells": 0.3, "cells_nms": 0.8, "peaks": float("nan"), "peaks_nms": 0.8},
            "one number": 0.8,
        },
        explanation="Peaks do what suppression does, by looking at neighbours in the map alone.",
    ),
]
