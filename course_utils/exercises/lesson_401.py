"""Exercises of lesson 401, attention by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close


def test_weight(answer):
    if np.isclose(answer, 5):
        raise Wrong("5 is e to the score. Divide it by the sum over all four keys.")
    if np.isclose(answer, np.log(5) / np.log(20), atol=1e-3):
        raise Wrong("You divided the scores themselves. Softmax takes e to the score first.")
    if np.isclose(answer, 0.25):
        raise Wrong("0.25 is an equal share. Keys with a larger score get more.")
    expect_close(answer, 0.5, f"It is not {answer!r}.")


def local_mask(length, window):
    place = np.arange(length)
    distance = place[:, np.newaxis] - place
    return (distance >= 0) & (distance < window)


def mask_of_both_sides(length, window):
    place = np.arange(length)
    return np.abs(place[:, np.newaxis] - place) < window


def mask_one_too_wide(length, window):
    return local_mask(length, window + 1)


def transposed_mask(length, window):
    return local_mask(length, window).T


def forbidden_mask(length, window):
    return ~local_mask(length, window)


def mask_of_numbers(length, window):
    return local_mask(length, window).astype(float)


def test_local_mask(answer):
    result = answer(8, 3)
    if result is None:
        raise Wrong("The function returns None: is the `return` missing?")
    result = np.asarray(result)
    if result.shape != (8, 8):
        raise Wrong(f"The shape is {result.shape}; it should be (8, 8): one row a query, one column a key.")
    if result.dtype != bool:
        raise Wrong("The mask must be boolean, made by comparing, not of numbers.")
    mistakes = {
        mask_of_both_sides: "Place 5 may see place 6, which comes after it: the mask is not causal.",
        mask_one_too_wide: "With window=3 place 7 sees 4 letters. Its own place counts as one of the three.",
        transposed_mask: "Rows and columns are exchanged: a row is a query, and it may look left.",
        forbidden_mask: "True and False are exchanged: True means that the query may look.",
    }
    for mistake, message in mistakes.items():
        if np.array_equal(result, mistake(8, 3)):
            raise Wrong(message)
    if not np.array_equal(result, local_mask(8, 3)) or not np.array_equal(answer(5, 1), np.eye(5, dtype=bool)):
        raise Wrong("Row 7 should be True in the columns 5, 6 and 7 only.")


def test_lost_bits(answer):
    if answer > 4:
        raise Wrong("That looks like the bits of the new model. Subtract those of the model with positions.")
    if answer < 0:
        raise Wrong(
            "A negative loss says that the model without positions is better. Did you subtract the other way round?"
        )
    if answer < 0.15:
        raise Wrong(
            "So little? Is the new model trained without positions, np.zeros((context, width)), and for a whole epoch?"
        )
    if answer > 2:
        raise Wrong("So much? Does the learning rate have a fresh CosineDecay? The old one has sunk to zero.")


EXERCISES = [
    Exercise(
        key="401-1",
        title="A softmax on paper",
        minutes=5,
        test=test_weight,
        hints=("e to the score is 1, 5, 2 and 2.", "Divide 5 by the sum of the four."),
        solution=0.5,
        wrong_answers={"not divided": 5, "scores divided": np.log(5) / np.log(20), "equal share": 0.25},
        explanation="The exponentials are 1, 5, 2 and 2, with sum 10, and 5/10 is a half.",
    ),
    Exercise(
        key="401-2",
        title="The mask of local causal attention",
        minutes=10,
        test=test_local_mask,
        hints=(
            "With place = np.arange(length), place[:, None] - place is the distance from key to query.",
            "Allowed are the distances 0, 1, ..., window - 1. Combine two comparisons with &.",
        ),
        solution=local_mask,
        wrong_answers={
            "not causal": mask_of_both_sides,
            "one too wide": mask_one_too_wide,
            "transposed": transposed_mask,
            "inverted": forbidden_mask,
            "numbers": mask_of_numbers,
        },
        explanation="Local attention costs length times window instead of length squared.",
    ),
    Exercise(
        key="401-3",
        title="What the positions are worth",
        minutes=15,
        test=test_lost_bits,
        hints=(
            "Build with one_block_model(np.zeros((context, width))) and copy the cell that compiles and fits.",
            "bits_of_letters(new_model, test_letters, test_targets).mean() - model_bits.mean()",
        ),
        solution=0.5,
        wrong_answers={"the bits themselves": 4.5, "subtracted the wrong way": -0.5, "the same model twice": 0.0},
        explanation="Without positions the block still knows which letters it has seen, and by the residual connection which was the last.",
    ),
]
