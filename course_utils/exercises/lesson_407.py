"""Exercises of lesson 407: tokens of an image, attention rolled out through the blocks, and a longer race."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number


def test_token_count(answer):
    named = {
        64: "These are the patches. One more token enters the first block with them.",
        48: "So many numbers lie in one flat patch. How many patches are there?",
        49: "So many numbers lie in one flat patch, and one more. How many patches are there?",
        9: "Eight patches lie in one row. There are eight rows.",
        193: "The colours do not make more patches: each patch takes all three channels along.",
        1025: "This is one token a pixel. A patch holds 4 x 4 pixels.",
    }
    given = one_number(answer, "The number of tokens")
    if given in named:
        raise Wrong(named[given])
    if given != 65:
        raise Wrong(f"It is not {given:g}. Count the patches in one row, square it, and add the class token.")


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


def _repeated_at_right(positions):
    side = int(np.sqrt(len(positions) - 1))
    grid = positions[1:].reshape(side, side, -1)
    return np.concatenate([positions[:1], np.tile(grid, (2, 2, 1)).reshape(4 * side**2, -1)])


def _rows_and_columns_exchanged(positions):
    side = int(np.sqrt(len(positions) - 1))
    grid = positions[1:].reshape(side, side, -1).swapaxes(0, 1)
    return double_positions(np.concatenate([positions[:1], grid.reshape(side**2, -1)]))


def _by_loops(positions):
    side = round((len(positions) - 1) ** 0.5)
    rows = [positions[0]]
    for row, column in np.ndindex(2 * side, 2 * side):
        rows.append(positions[1 + (row // 2) * side + column // 2])
    return rows


def _by_kronecker(positions):
    side = round((len(positions) - 1) ** 0.5)
    grid = positions[1:].reshape(side, side, -1)
    return np.vstack([positions[:1], np.kron(grid, np.ones((2, 2, 1))).reshape(-1, positions.shape[1])])


def test_double_positions(answer):
    random = np.random.default_rng()
    for side, width in ((3, 5), (4, 2), (7, 3), (1, 4)):
        positions = random.normal(size=(1 + side**2, width))
        given, expected = answer(positions), double_positions(positions)
        mistakes = {
            "Each row is there four times in a row. But the copies of a place form a square: two side by side, two in the next row of the grid.": _fourfold,
            "The whole table is there four times, one after the other. Give the places their grid back before you repeat them.": _tiled,
            "The class token's row is missing. It belongs to no place, but the model still needs it, first.": _without_class_place,
            "The class token's row stands last. The model looks for it first.": _class_place_last,
            "The class token's row is there four times. It is no place of the grid: keep it once.": _class_place_repeated,
            "The grid stands there four times, two by two. But each place should grow, not be repeated far away.": _repeated_at_right,
            "Rows and columns are exchanged: the places run along the first row, then along the second.": _rows_and_columns_exchanged,
        }
        for message, mistake in mistakes.items():
            wrong = mistake(positions)
            if side > 1 and np.shape(given) == wrong.shape and np.allclose(given, wrong):
                raise Wrong(message)
        expect_close(
            given,
            expected,
            "Take row 0 away, make a grid (side, side, width), double both axes, flatten, put row 0 in front.",
        )


FINDING = {"14": 0.94, "7": 0.90, "4": 0.90}


def test_patch_sizes(answer):
    fourteen, seven, four = measured_numbers(answer, "14", "7", "4", shares=("14", "7", "4"))
    if fourteen == seven == four:
        raise Wrong("All three are equal to the last digit. Was each patch given to a model of its own?")
    if min(fourteen, seven, four) < 0.8:
        raise Wrong(
            "One model learned too little. `ready` comes before `train`, for each model anew; then train on all images."
        )
    if seven < 0.86:
        raise Wrong("With patches of 7 the race gave more. Train on all images, unmoved, for `short` steps.")
    if fourteen < seven - 0.03:
        raise Wrong("Patches of 14 did so much worse? There our runs say otherwise. Test it once more.")
    if fourteen < 0.9:
        raise Wrong("With four large patches our runs read clearly more. Train that model on all images, unmoved.")
    if four > max(fourteen, seven) + 0.02:
        raise Wrong("Patches of 4 did better by far? Did that model train for more steps, or on moved images?")


PROGRAM = """
finding = {}
for patch in (14, 7, 4):
    model = vision_transformer(image_shape, classes, patch, width, blocks)
    ready(model, rates["transformer"], short)
    train(model, train_images, train_labels)
    finding[str(patch)] = accuracy(model, test_images)
"""

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
            "a patch and one": 49,
            "something else": 33,
            "not a number": np.nan,
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
            "grid repeated": _repeated_at_right,
            "rows and columns exchanged": _rows_and_columns_exchanged,
            "something else": lambda positions: double_positions(positions) * 2,
        },
        also_right={"by loops": _by_loops, "by a Kronecker product": _by_kronecker},
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
        program=PROGRAM,
        wrong_answers={
            "a key is missing": {"14": 0.94, "7": 0.92},
            "per cent": {"14": 94, "7": 92, "4": 91},
            "hardly trained": {"14": 0.94, "7": 0.92, "4": 0.5},
            "too few images": {"14": 0.88, "7": 0.83, "4": 0.8},
            "turned round": {"14": 0.85, "7": 0.91, "4": 0.92},
            "four trained for longer": {"14": 0.94, "7": 0.92, "4": 0.97},
            "one model thrice": {"14": 0.905, "7": 0.905, "4": 0.905},
            "all alike": {"14": 0.862, "7": 0.861, "4": 0.86},
            "not a number": {"14": 0.94, "7": 0.9, "4": np.nan},
        },
        also_right={
            "the 7 of the race": {"14": 0.937, "7": 0.905, "4": 0.883},
            "keys of a loop": {14: 0.94, 7: 0.9, 4: 0.9},
            "seven nearly as good": {"14": 0.92, "7": 0.92, "4": 0.91},
        },
        explanation="In so few steps, four large patches do as well as 49 small ones or better, for a tenth of the work, and in our run nearly "
        "as well as the CNN: the race depended on the size of a patch. Perhaps a large patch helps because it shows a whole "
        "stroke. (Your 7 may differ a little from the race: another start.)",
    ),
]
