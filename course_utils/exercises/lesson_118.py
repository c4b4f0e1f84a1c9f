"""Exercises of lesson 118, adversarial examples."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

RISE_MISTAKES = (
    (0.6, "You let the second pixel rise above 1. It is black already: it cannot move up."),
    (0.4, "You moved all pixels up, above 1 too. The third weight is negative: that pixel should move down."),
    (0.1, "The third pixel goes the wrong way: its weight is negative, so moving it DOWN raises the score."),
    (0.2, "That is the first pixel alone. The third one can help as well."),
    (0.5, "You left the third pixel where it is, and let the second one rise above 1."),
    (0.3 + 2.5, "That is the score after the push. Wanted is by how much it rises."),
    (3.0, "You forgot the size of the push: each pixel moves by 0.1 at most."),
    (-0.3, "That is a fall. Move each pixel in the direction of its weight's sign."),
)


def test_rise(answer):
    rise = one_number(answer)
    for mistake, message in RISE_MISTAKES:
        if np.isclose(rise, mistake):
            raise Wrong(message)
    if not np.isclose(rise, 0.3):
        raise Wrong(f"It is not {rise:g}. Take pixel after pixel: which way raises the score, and is there room?")


def largest_change(weights, size):
    return size * np.abs(weights).sum()


def length_of_weights(weights, size):
    return size * np.sqrt(np.sum(np.square(weights)))


def plain_sum(weights, size):
    return size * np.sum(weights)


def largest_weight(weights, size):
    return size * np.abs(weights).max()


def mean_weight(weights, size):
    return size * np.abs(weights).mean()


def only_the_positive(weights, size):
    return size * np.sum(weights[weights > 0])


def size_of_the_sum(weights, size):
    return size * np.abs(np.sum(weights))


def without_size(weights, size):
    return np.abs(weights).sum()


def largest_column(weights, size):
    return size * np.abs(weights).sum(axis=0).max()


def change_by_pushing(weights, size):
    return (weights * (size * np.sign(weights))).sum()


def change_by_loop(weights, size):
    return sum(max(size * weight, -size * weight) for weight in np.ravel(weights).tolist())


CHANGE_MISTAKES = (
    (
        plain_sum,
        "Moving every input UP lets positive and negative weights cancel. Choose the direction for each input.",
    ),
    (
        length_of_weights,
        "That is the bound when the LENGTH of the push is limited. Here each input is limited on its own.",
    ),
    (largest_weight, "You moved the one input with the largest weight. All inputs may move at once."),
    (only_the_positive, "You moved the inputs with positive weights alone. Those with negative ones can move down."),
    (size_of_the_sum, "You summed first. Take the absolute value of each weight, then the sum."),
    (without_size, "Where is the size of the push? No input may move by more than that."),
    (mean_weight, "The effects add up: take the sum over the inputs, not the mean."),
    (largest_column, "That is the sum of one column. All inputs may move, whatever the shape of the weights."),
)


def test_change(answer):
    generator = np.random.default_rng(3)
    for shape, size in (((5,), 0.1), ((28, 28), 0.04), ((3, 4, 2), 1.5)):
        weights = generator.normal(size=shape)
        result, expected = answer(weights, size), largest_change(weights, size)
        result = one_number(result, "What your function returns")
        for mistake, message in CHANGE_MISTAKES:
            wrong = mistake(weights, size)
            if np.isclose(result, wrong).all() and not np.isclose(wrong, expected).all():
                raise Wrong(message)
        expect_close(result, expected, "Try it on weights (1, -2) with size 0.1: the best you can do is 0.3.")


def test_finding(answer):
    names = "clean", "pushed"
    clean, pushed = measured_numbers(answer, *names, shares=names, apart=True)
    if clean > pushed:
        raise Wrong("Fewer mistakes on pushed digits? The two may have changed places, or these are accuracies.")
    if clean == pushed:
        raise Wrong("A push that costs nothing? Use the slopes of the NEW network: slopes_of(network).")
    if clean > 0.12:
        raise Wrong(
            "On clean digits the network of the page did better. Is it trained for all epochs, at the page's rate?"
        )
    if clean < 0.008:
        raise Wrong("So few mistakes? Measure on the test digits, which the network has never seen.")
    if pushed > 0.35:
        raise Wrong("That is nearly as bad as without a defence. Is it trained with steps=3 and size=0.05?")
    if pushed < 0.06:
        raise Wrong("So calm under 20 steps? The attack needs the slopes of the NEW network, and size 0.1.")


EXERCISES = [
    Exercise(
        key="118-1",
        title="A push that stays a picture",
        minutes=5,
        test=test_rise,
        hints=(
            "A pixel with a positive weight should move up, one with a negative weight down. Which of them has no room?",
            "0.1 * 2, nothing, and 0.1 * 1.",
        ),
        solution=0.3,
        wrong_answers={
            "above black": 0.6,
            "all up": 0.4,
            "third one up": 0.1,
            "first one alone": 0.2,
            "no third pixel": 0.5,
            "no size": 3.0,
            "the lowest score": -0.3,
            "the score itself": 2.8,
            "not a number": float("nan"),
            "truth value": True,
        },
        explanation="0.1 * 2 + 0 + 0.1 * 1. Black ink and white paper have room on one side only, which weakens pushes.",
    ),
    Exercise(
        key="118-2",
        title="Many small pushes",
        minutes=10,
        test=test_change,
        hints=(
            "For each input, the best direction is the sign of its weight. What does that one input add to the score?",
            "size times the sum of the absolute values of all weights.",
        ),
        solution=largest_change,
        also_right={"by pushing": change_by_pushing, "one by one": change_by_loop},
        wrong_answers={
            "all up": plain_sum,
            "length": length_of_weights,
            "one input": largest_weight,
            "mean": mean_weight,
            "positive weights alone": only_the_positive,
            "the size of the sum": size_of_the_sum,
            "no size": without_size,
            "one column": largest_column,
        },
        explanation="It grows with the number of inputs: with ten thousand pixels a tiny push is enough.",
    ),
    Exercise(
        key="118-3",
        title="Train against the adversary",
        minutes=25,
        test=test_finding,
        hints=(
            "Training that pushes in three steps: trained(0.008, steps=3). Which argument makes the pushes smaller?",
            "weaker = trained(0.008, steps=3, size=0.05). Attack it with slopes_of(weaker), size 0.1, steps=20.",
        ),
        solution={"clean": 0.03, "pushed": 0.12},
        program="""
            weaker = trained(0.008, steps=3, size=0.05)
            attacked = pushed(*test, slopes_of(weaker), 0.1, steps=20)
            finding = {
                "clean": error(weaker, *test),
                "pushed": error(weaker, attacked, test.targets),
            }
            """,
        also_right={"another run": {"clean": 0.035, "pushed": 0.16}},
        wrong_answers={
            "accuracies": {"clean": 0.97, "pushed": 0.88},
            "the same twice": {"clean": 0.03, "pushed": 0.03},
            "percent": {"clean": 3.0, "pushed": 12.0},
            "training digits": {"clean": 0.0, "pushed": 0.01},
            "not defended": {"clean": 0.04, "pushed": 0.68},
            "pushes for the plain network": {"clean": 0.03, "pushed": 0.05},
            "hardly trained": {"clean": 0.2, "pushed": 0.34},
            "only one number": 0.12,
            "not a number": {"clean": 0.03, "pushed": float("nan")},
        },
        explanation="It stands far more than the plain network. In our run it stood a little less than one trained on pushes as large as those that come.",
    ),
]
