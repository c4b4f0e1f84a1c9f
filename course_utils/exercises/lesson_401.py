"""Exercises of lesson 401, attention by hand."""

from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, one_number

WORDS = np.array([[0, 0, 1], [0, 0, 2], [2, 0, 0], [1, 2, 0], [0, 0, 1], [2, 0, 1]], dtype=float)
KING, LOVES, QUEEN = 2, 3, 5


def test_weight(answer: object) -> None:
    weight = one_number(answer, "The weight")
    if np.isclose(weight, 5):
        raise Wrong("5 is e to the score. Divide it by the sum over all four keys.")
    if np.isclose(weight, np.log(5) / np.log(20), atol=1e-3):
        raise Wrong("You divided the scores themselves. Softmax takes e to the score first.")
    if np.isclose(weight, 0.25):
        raise Wrong("0.25 is an equal share. Keys with a larger score get more.")
    if np.isclose(weight, 50):
        raise Wrong("A weight is a share from 0 to 1. Did you write percent?")
    if not np.isclose(weight, 0.5, atol=1e-3):
        raise Wrong(f"It is not {weight:g}. What is e to each of the four scores, and what is their sum?")


def local_mask(length: int, window: int) -> np.ndarray:
    place = np.arange(length)
    distance = place[:, np.newaxis] - place
    return (distance >= 0) & (distance < window)


def mask_of_both_sides(length: int, window: int) -> np.ndarray:
    place = np.arange(length)
    return np.abs(place[:, np.newaxis] - place) < window


def mask_one_too_wide(length: int, window: int) -> np.ndarray:
    return local_mask(length, window + 1)


def transposed_mask(length: int, window: int) -> np.ndarray:
    return local_mask(length, window).T


def forbidden_mask(length: int, window: int) -> np.ndarray:
    return ~local_mask(length, window)


def mask_of_numbers(length: int, window: int) -> np.ndarray:
    return local_mask(length, window).astype(float)


def mask_for_three(length: int, window: int) -> np.ndarray:
    return local_mask(length, 3)


def test_local_mask(answer: Callable[[int, int], np.ndarray]) -> None:
    mistakes = {
        mask_of_both_sides: "A place may see one that comes after it: the mask is not causal.",
        mask_one_too_wide: "It sees one place too many: its own place counts as one of the `window` places.",
        transposed_mask: "Rows and columns are exchanged: a row is a query, and it may look left.",
        forbidden_mask: "True and False are exchanged: True means that the query may look.",
        mask_for_three: "The width of the window is always 3. Use the argument `window`.",
        mask_without_itself: "A place sees itself, too: it is the last of its `window` places.",
        causal_mask_alone: "A place sees all places before it. Use the argument `window`.",
    }
    random = np.random.default_rng()
    sizes = [(8, 3), (5, 1), (int(random.integers(6, 12)), 4), (int(random.integers(2, 6)), 7)]
    for length, window in sizes:
        result = np.asarray(answer(length, window))
        if result.shape != (length, length):
            raise Wrong(f"For length {length} the shape is {result.shape}: one row a query, one column a key.")
        if result.dtype != bool:
            raise Wrong("The mask must be boolean, made by comparing, not of numbers.")
        if not np.array_equal(result, local_mask(length, window)):
            for mistake, message in mistakes.items():
                if np.array_equal(result, mistake(length, window)):
                    raise Wrong(message)
            right = local_mask(length, window)
            place = int(np.argmax((result != right).any(axis=1)))  # the first wrong row
            sees, should_see = (np.flatnonzero(mask[place]).tolist() for mask in (result, right))
            raise Wrong(
                f"With length {length} and window {window} place {place} sees {sees}; it should see {should_see}."
            )


def mask_of_two_triangles(length: int, window: int) -> np.ndarray:
    every = np.ones((length, length), dtype=bool)
    return np.tril(every) & ~np.tril(every, -window)


def mask_by_loops(length: int, window: int) -> list[list[bool]]:
    return [[0 <= query - key < window for key in range(length)] for query in range(length)]


def mask_without_itself(length: int, window: int) -> np.ndarray:
    return local_mask(length, window + 1) & ~np.eye(length, dtype=bool)


def causal_mask_alone(length: int, window: int) -> np.ndarray:
    return local_mask(length, length)


def weights_of(query_matrix: np.ndarray, key_matrix: np.ndarray) -> np.ndarray:
    """The attention weights (6, 6) of the six words with these two matrices (3, 2)."""
    scores = (WORDS @ query_matrix) @ (WORDS @ key_matrix).T / np.sqrt(2)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def test_own_head(answer: object) -> None:
    try:
        matrices = [np.array(matrix, dtype="float64") for matrix in answer]
    except (TypeError, ValueError) as error:
        raise Wrong("The answer is a pair of matrices of numbers: (W_q, W_k).") from error
    if len(matrices) != 2:
        raise Wrong(f"The answer is a pair, (W_q, W_k), not {len(matrices)} things.")
    query_matrix, key_matrix = matrices
    if query_matrix.shape != (3, 2) or key_matrix.shape != (3, 2):
        raise Wrong(f"The shapes are {query_matrix.shape} and {key_matrix.shape}; both should be (3, 2).")
    if max(np.abs(query_matrix).max(), np.abs(key_matrix).max()) > 1e6:
        raise Wrong("Such large numbers overflow somewhere. Numbers up to 10 are large enough.")
    weights = weights_of(query_matrix, key_matrix)
    persons = [KING, QUEEN]
    if min(weights[persons, LOVES]) > 0.9 and min(weights[LOVES, persons]) > 0.4:
        return
    if np.allclose(weights, 1 / 6):
        raise Wrong("Every word looks at all six alike: all scores are equal.")
    if min(weights[persons, LOVES]) <= 0.9:
        shares = weights[persons, LOVES].round(2)
        raise Wrong(f"King gives loves {shares[0]}, queen {shares[1]}; both should be over 0.9.")
    raise Wrong(f"Loves gives king and queen {weights[LOVES, persons].round(2).tolist()}; both should be over 0.4.")


def test_narrow_heads(answer: object) -> None:
    two, four = measured_numbers(answer, "2", "4", shares=("2", "4"))
    if two > four + 0.02:
        raise Wrong("The narrower head finds more? Check which share belongs to which key_dim.")
    if two == four:
        raise Wrong(
            "Twice the same share? Did both heads get their own key_dim, or were they measured on lists of training?"
        )
    if four < 0.5:
        raise Wrong("That is about as often right as the commonest number, or less. Was the head trained at all?")
    if four < 0.95:
        raise Wrong(
            "A head of 4 numbers finds nearly all. Is it new, at rate 0.01, and has it read the lists three times?"
        )
    if two < 0.75:
        raise Wrong("A head of 2 numbers finds more. Is it new, at rate 0.01, and has it read the lists three times?")


# with seed 1, 2 and 3 the head of 2 numbers finds 0.853, 0.856 and 0.845, that of 4 finds 1.0 each time
SOLVED_QUERY = [[9, 0], [-9, 9], [0, 0]]
SOLVED_KEY = [[0, 1], [1, 0], [0, 0]]

PROGRAM = """
answer = {}
for key_dim in (2, 4):
    pairs_in, question_in = keras.Input((None, 26)), keras.Input((1, 26))
    head = keras.layers.MultiHeadAttention(1, key_dim, use_bias=False)
    logits = keras.layers.Dense(8)(head(question_in, pairs_in))
    network = train(keras.Model([pairs_in, question_in], logits), rate=1e-2)
    answer[str(key_dim)] = right(network, test_inputs, test_number)
"""

EXERCISES = [
    Exercise(
        key="401-1",
        title="A softmax on paper",
        minutes=5,
        test=test_weight,
        hints=("e to the score is 1, 5, 2 and 2.", "Divide 5 by the sum of the four."),
        solution=0.5,
        wrong_answers={
            "not divided": 5,
            "scores divided": np.log(5) / np.log(20),
            "equal share": 0.25,
            "percent": 50,
            "the other keys alone": 1.0,
            "not a number": np.nan,
        },
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
            "always three": mask_for_three,
            "not itself": mask_without_itself,
            "the window ignored": causal_mask_alone,
        },
        also_right={"two triangles": mask_of_two_triangles, "loops": mask_by_loops},
        explanation="Local attention costs length times window instead of length squared.",
    ),
    Exercise(
        key="401-3",
        title="Write your own head",
        minutes=15,
        test=test_own_head,
        hints=(
            "Let column 0 of the query mean *an action is wanted* and column 1 *a person is wanted*.",
            "Loves is a person too, a little: a negative number in W_q keeps it from looking at itself.",
            "The weights are soft? Larger numbers make softmax sharper.",
        ),
        solution=(SOLVED_QUERY, SOLVED_KEY),
        wrong_answers={
            "all alike": (np.zeros((3, 2)), SOLVED_KEY),
            "too soft": ([[1, 0], [-1, 1], [0, 0]], SOLVED_KEY),
            "loves looks at itself": ([[9, 0], [0, 9], [0, 0]], SOLVED_KEY),
            "one matrix": SOLVED_QUERY,
            "transposed": (np.transpose(SOLVED_QUERY), SOLVED_KEY),
            "not a number": (np.full((3, 2), np.nan), SOLVED_KEY),
            "numbers without bounds": ([[1e300, 0], [-1e300, 1e300], [0, 0]], SOLVED_KEY),
        },
        also_right={
            "one array": np.array([SOLVED_QUERY, SOLVED_KEY]),
            "query and key exchanged": (SOLVED_KEY, SOLVED_QUERY),
            "columns exchanged": (np.flip(SOLVED_QUERY, axis=1), np.flip(SOLVED_KEY, axis=1)),
        },
        explanation=(
            "Persons ask for an action, the action asks for persons; -9 for an action takes the wish for an action "
            "from loves, which is half a person."
        ),
    ),
    Exercise(
        key="401-4",
        title="How narrow may a head be?",
        minutes=15,
        test=test_narrow_heads,
        hints=(
            "Give attention_network an argument key_dim; then call train with the rate 1e-2.",
            "right(network, test_inputs, test_number) gives the share.",
        ),
        solution={"2": 0.853, "4": 1.0},
        program=PROGRAM,
        wrong_answers={
            "one number": 0.87,
            "percent": {"2": 87, "4": 100},
            "not trained": {"2": 0.12, "4": 0.13},
            "the same network twice": {"2": 0.9, "4": 0.9},
            "not a number": {"2": np.nan, "4": 1.0},
            "two hardly trained": {"2": 0.5, "4": 1.0},
            "both trained too little": {"2": 0.6, "4": 0.9},
            "exchanged": {"2": 1.0, "4": 0.87},
        },
        also_right={
            "another seed": {"2": 0.845, "4": 1.0},
            "a wide margin": {"2": 0.94, "4": 0.99},
            "keys of a loop": {2: 0.853, 4: 1.0},
        },
        explanation=(
            "Two numbers can tell 16 letters apart if the letters lie on a circle: neighbours get similar scores, so a "
            "few are confused. Draw learned_k[:16] and see."
        ),
    ),
]
