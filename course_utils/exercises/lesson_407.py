"""Exercises of lesson 407: tokens of an image, attention rolled out through the blocks, and a longer race."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_equal, measured_numbers


def test_token_count(answer):
    named = {
        64: "These are the patches. One more token enters the first block with them.",
        48: "So many numbers lie in one flat patch. How many patches are there?",
        9: "Eight patches lie in one row. There are eight rows.",
        193: "The colours do not make more patches: each patch takes all three channels along.",
        1025: "This is one token a pixel. A patch holds 4 x 4 pixels.",
    }
    if not isinstance(answer, (int, float, np.integer)) or isinstance(answer, bool):
        raise Wrong("One number was expected: how many tokens enter the first block.")
    if answer in named:
        raise Wrong(named[answer])
    expect_equal(answer, 65, "Count the patches in one row, square it, and add the class token.")


def double_positions(positions):
    positions = np.asarray(positions)
    class_place, places = positions[:1], positions[1:]
    side, width = int(np.sqrt(len(places))), positions.shape[1]
    doubled = places.reshape(side, side, width).repeat(2, axis=0).repeat(2, axis=1)
    return np.concatenate([class_place, doubled.reshape(-1, width)])


def _fourfold(positions):
    return np.concatenate([positions[:1], np.repeat(positions[1:], 4, axis=0)])


def _tiled(positions):
    return np.concatenate([positions[:1], np.tile(positions[1:], (4, 1))])


def _without_class_place(positions):
    return double_positions(positions)[1:]


def _class_place_last(positions):
    return np.roll(double_positions(positions), -1, axis=0)


def _class_place_repeated(positions):
    return np.concatenate([np.repeat(positions[:1], 4, axis=0), double_positions(positions)[1:]])


def test_double_positions(answer):
    random = np.random.default_rng(0)
    for side, width in ((3, 5), (4, 2)):
        positions = random.normal(size=(1 + side**2, width))
        given = answer(positions.copy())
        mistakes = {
            "Each row is there four times in a row. But the copies of a place form a square: two side by side, two in the next row of the grid.": _fourfold,
            "The whole table is there four times, one after the other. Give the places their grid back before you repeat them.": _tiled,
            "The class token's row is missing. It belongs to no place, but the model still needs it, first.": _without_class_place,
            "The class token's row stands last. The model looks for it first.": _class_place_last,
            "The class token's row is there four times. It is no place of the grid: keep it once.": _class_place_repeated,
        }
        for message, mistake in mistakes.items():
            wrong = mistake(positions)
            if np.shape(given) == wrong.shape and np.allclose(np.asarray(given, dtype="float64"), wrong):
                raise Wrong(message)
        expect_close(
            given,
            double_positions(positions),
            "Take row 0 away, make a grid (side, side, width), double both axes, flatten, put row 0 in front.",
        )


FINDING = {"14": 0.94, "7": 0.90, "4": 0.90}


def test_patch_sizes(answer):
    fourteen, seven, four = measured_numbers(answer, "14", "7", "4", shares=("14", "7", "4"))
    if min(fourteen, seven, four) < 0.7:
        raise Wrong(
            "One model learned too little. `ready` comes before `train`, for each model anew; then train on all images."
        )
    if seven < 0.86:
        raise Wrong("With patches of 7 the race gave more. Train on all images, unmoved, for `short` steps.")
    if fourteen < seven - 0.03:
        raise Wrong("Patches of 14 did so much worse? There our runs say otherwise. Test it once more.")
    if four > max(fourteen, seven) + 0.02:
        raise Wrong("Patches of 4 did better by far? Did that model train for more steps, or on moved images?")


EXERCISES = [
    Exercise(
        key="407-1",
        title="The tokens of a photograph",
        minutes=5,
        test=test_token_count,
        hints=(
            "32 / 4 patches lie side by side, and as many rows of them lie below each other.",
            "Colours lie inside a patch: they make it longer, not the sequence.",
        ),
        solution=65,
        wrong_answers={
            "class token forgotten": 64,
            "numbers of a patch": 48,
            "one row": 9,
            "colours counted as patches": 193,
            "a token a pixel": 1025,
            "something else": 33,
        },
        explanation="8 x 8 patches and the class token. Each flat patch holds 4 x 4 x 3 = 48 numbers.",
    ),
    Exercise(
        key="407-2",
        title="Positions for a larger image",
        minutes=10,
        test=test_double_positions,
        hints=(
            "positions[1:] is a grid, without the class token's row: side = int(len(positions[1:]) ** 0.5), then reshape(side, side, -1).",
            "grid.repeat(2, axis=0).repeat(2, axis=1) covers each old place by two by two new ones.",
            "Flatten with reshape(-1, positions.shape[1]) and np.concatenate positions[:1] in front.",
        ),
        solution=double_positions,
        wrong_answers={
            "rows repeated along the table": _fourfold,
            "table repeated as a whole": _tiled,
            "class token forgotten": _without_class_place,
            "class token last": _class_place_last,
            "class token repeated": _class_place_repeated,
            "something else": lambda positions: double_positions(positions) * 2,
        },
        explanation="The patch embedding and the blocks work for any number of tokens; the position table alone knows the grid. "
        "So it alone must be stretched. Smooth interpolation in place of copies is usual.",
    ),
    Exercise(
        key="407-3",
        title="Which patch is best here?",
        minutes=15,
        test=test_patch_sizes,
        hints=(
            "For each patch: model = vision_transformer(image_shape, classes, patch, width, blocks).",
            "Then ready(model, rates['transformer'], short), train(model, train_images, train_labels), accuracy(model, test_images).",
        ),
        solution=FINDING,
        wrong_answers={
            "a key is missing": {"14": 0.94, "7": 0.92},
            "per cent": {"14": 94, "7": 92, "4": 91},
            "hardly trained": {"14": 0.94, "7": 0.92, "4": 0.5},
            "too few images": {"14": 0.88, "7": 0.83, "4": 0.8},
            "turned round": {"14": 0.85, "7": 0.91, "4": 0.92},
            "four trained for longer": {"14": 0.94, "7": 0.92, "4": 0.97},
        },
        explanation="In so few steps, four large patches do as well as 49 small ones or better, for a tenth of the work, and in our run nearly "
        "as well as the CNN: the race depended on the size of a patch. Perhaps a large patch helps because it shows a whole "
        "stroke. (Your 7 may differ a little from the race: another start.)",
    ),
]
