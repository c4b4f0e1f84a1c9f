"""Exercises of lesson 309, diffusion."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    measured_numbers,
    one_number,
)
from course_utils.scale import scale

GUESS_MISTAKES = {
    0.0: "Is what we see the best guess? 0 would be right if -1 and 1 came equally often. Here one is more frequent.",
    -1.0: "That is the likeliest pixel. By squared error it costs 4 in each fourth image; a mean costs less.",
    1.0: "That is the rarer of the two. Weigh them: how often does each come, and how well does it explain the 0?",
    0.5: "Right size, wrong sign: -1 is the more frequent one.",
    -0.4: "You multiplied by 0.8. Asked is the *clean* pixel, not the noisy one.",
    -0.625: "You divided the mean by 0.8. The weights need it, the clean pixels themselves do not.",
    -0.75: "That is the share of the images with -1, with a sign. The fourth image pulls to the other side.",
    0.75: "That is the share of the images with -1. A mean of pixels is asked.",
    0.25: "That is the share of the images with 1. A mean of pixels is asked.",
    -0.25: "You took the share of 1 with a sign. Add up share times pixel for both.",
}


def test_guess(answer):
    guess = one_number(answer)
    for mistake, message in GUESS_MISTAKES.items():
        if abs(guess - mistake) < 0.01:
            raise Wrong(message)
    if abs(guess) > 1:
        raise Wrong(f"{guess:g} lies outside of -1 to 1: a mean of -1 and 1 lies between them.")
    if abs(guess + 0.5) > 0.01:
        raise Wrong(f"It is not {guess:g}. From 0, how far is -0.8, how far 0.8? So do the weights differ?")


def noisy(images, t, alpha_bar, noise):
    kept = np.asarray(alpha_bar)[t].reshape(-1, 1, 1, 1)
    return np.sqrt(kept) * images + np.sqrt(1 - kept) * noise


def without_roots(images, t, alpha_bar, noise):
    kept = np.asarray(alpha_bar)[t].reshape(-1, 1, 1, 1)
    return kept * images + (1 - kept) * noise


def shares_swapped(images, t, alpha_bar, noise):
    return noisy(noise, t, alpha_bar, images)


def same_step_for_all(images, t, alpha_bar, noise):
    return noisy(images, np.full(len(t), t[0]), alpha_bar, noise)


def one_minus_root(images, t, alpha_bar, noise):
    kept = np.sqrt(np.asarray(alpha_bar)[t]).reshape(-1, 1, 1, 1)
    return kept * images + (1 - kept) * noise


def along_the_columns(images, t, alpha_bar, noise):
    kept = np.asarray(alpha_bar)[t].reshape(1, 1, -1, 1)
    return np.sqrt(kept) * images + np.sqrt(1 - kept) * noise


def multiplied_up(images, t, alpha_bar, noise):
    return noisy(images, t, np.cumprod(alpha_bar), noise)


def one_step_before(images, t, alpha_bar, noise):
    return noisy(images, np.maximum(np.asarray(t) - 1, 0), alpha_bar, noise)


def noisy_by_loop(images, t, alpha_bar, noise):
    result = np.zeros(images.shape)
    for place in range(len(images)):
        kept = alpha_bar[t[place]]
        result[place] = kept**0.5 * images[place] + (1 - kept) ** 0.5 * noise[place]
    return result


def noisy_by_einsum(images, t, alpha_bar, noise):
    image_part, noise_part = np.sqrt([alpha_bar[t], 1 - alpha_bar[t]])
    return np.einsum("n,nrcx->nrcx", image_part, images) + np.einsum("n,nrcx->nrcx", noise_part, noise)


NOISE_MISTAKES = (
    (without_roots, "The roots are missing: alpha_bar and 1 - alpha_bar are shares of the variance."),
    (one_minus_root, "The share of the noise is the root of 1 - alpha_bar, not 1 minus the root."),
    (multiplied_up, "`alpha_bar` is the product over the steps already. Do not multiply it up once more."),
    (one_step_before, "You took the step before: alpha_bar[t] belongs to step t."),
    (shares_swapped, "Image and noise have changed places: alpha_bar is what is kept of the image."),
    (same_step_for_all, "All images got the first step. Each has its own: alpha_bar[t] holds one value an image."),
    (
        along_the_columns,
        "Your steps vary along the columns of each image, not from image to image. Reshape to (-1, 1, 1, 1).",
    ),
)


def test_noisy(answer):
    generator = np.random.default_rng(1)
    for n, rows, columns in ((5, 4, 5), (4, 4, 4), (7, 3, 2)):  # as many images as columns: a wrong axis goes unnoticed
        images, noise = generator.normal(size=(2, n, rows, columns, 1))
        t = np.concatenate([[3, 0, 7], generator.integers(8, size=n - 3)])
        alpha_bar = np.sort(generator.uniform(0.02, 0.98, size=8))[::-1].copy()
        result = answer(images, t, alpha_bar, noise)
        numeric = np.shape(result) == images.shape and np.asarray(result).dtype.kind in "iuf"
        for mistake, message in NOISE_MISTAKES:
            if mistake is along_the_columns and n != columns:
                continue
            if numeric and np.allclose(result, mistake(images, t, alpha_bar, noise)):
                raise Wrong(message)
        expect_close(result, noisy(images, t, alpha_bar, noise), "The noisy images differ.")


STEPS = (5, 10, 25, 100)


def test_finding(answer):
    distances = dict(zip(STEPS, measured_numbers(answer, *STEPS, apart=True)))
    if min(distances.values()) < 0:
        raise Wrong("A Fréchet distance is never negative.")
    if min(distances.values()) < scale(quick=2.0, full=0.5):
        raise Wrong("That is nearer than real training letters are. Did you compare the test letters with themselves?")
    if np.ptp(list(distances.values())) < 1e-6:
        raise Wrong("All distances are equal: did the number of steps change anything?")
    if distances[5] < distances[100]:
        raise Wrong("Nearer with 5 steps than with 100? Are the distances at the right names?")
    largest, best = scale(quick=(250, 60), full=(400, 60))
    if max(distances.values()) > largest:
        raise Wrong(
            "That is farther than a single normal. Did you measure what `draw` returns? Its ink runs from 0 to 1."
        )
    if min(distances.values()) > best:
        raise Wrong("Even your best setting is far from what the page measured for diffusion. Look at the samples.")
    falls = scale(quick=0.97, full=1.1)  # well trained, it may gain little
    for few, more in ((5, 10), (10, 25)):
        if distances[more] > falls * distances[few]:
            raise Wrong(f"{more} steps should bring clearly more than {few}. Draw anew with each number of steps.")
    if distances[100] > 1.2 * distances[25]:
        raise Wrong("100 steps do not draw worse than 25. Always draw `count` letters, and measure all of them.")


EXERCISES = [
    Exercise(
        key="309-1",
        title="The best guess",
        minutes=5,
        test=test_guess,
        hints=(
            "Under the noise, -1 became -0.8 and 1 became 0.8. Which of the two explains the 0 better?",
            "Both equally well. So each keeps its weight: three to one. Take the mean.",
        ),
        solution=-0.5,
        wrong_answers={
            "what is seen": 0.0,
            "the likeliest": -1,
            "the rarer": 1,
            "sign": 0.5,
            "noisy scale": -0.4,
            "divided": -0.625,
            "a share": -0.75,
            "outside": -1.25,
            "not a number": float("nan"),
        },
        also_right={"an array": np.array([-0.5])},
        explanation="(3 * -1 + 1 * 1) / 4 = -0.5: from 0 both are equally far, so the noise says nothing, and the mean "
        "of the data is left.",
    ),
    Exercise(
        key="309-2",
        title="Jump to any step",
        minutes=10,
        test=test_noisy,
        hints=(
            "Pick one alpha_bar for each image with alpha_bar[t], and give it the shape (n, 1, 1, 1).",
            "np.sqrt(kept) * images + np.sqrt(1 - kept) * noise.",
        ),
        solution=noisy,
        wrong_answers={
            "no roots": without_roots,
            "one minus the root": one_minus_root,
            "swapped": shares_swapped,
            "first step for all": same_step_for_all,
            "wrong axis": along_the_columns,
            "multiplied up": multiplied_up,
            "one step before": one_step_before,
        },
        also_right={"by a loop": noisy_by_loop, "by einsum": noisy_by_einsum},
        explanation="The squares of the two factors add up to 1, so pixels of variance 1 keep it on the whole way.",
    ),
    Exercise(
        key="309-3",
        title="How many steps?",
        minutes=15,
        test=test_finding,
        hints=(
            "`draw(count, 10, glide)` draws with 10 steps; `judge.distance(those, ink_test)` measures them.",
            "Collect them in a loop: finding[number] = judge.distance(draw(...), ink_test), for number in (5, 10, 25, 100).",
        ),
        solution={5: 50.0, 10: 21.9, 25: 15.4, 100: 13.6},
        program="""
            finding = {}
            for number in (5, 10, 25, 100):
                finding[number] = judge.distance(draw(count, number, glide), ink_test)
            """,
        also_right={
            "names as texts": {"5": 50.0, "10": 31.0, "25": 16.0, "100": 13.5},
            "more settings": {5: 46.0, 10: 27.0, 25: 14.0, 50: 10.0, 100: 9.0},
        },
        wrong_answers={
            "one number": 9.7,
            "two settings": {10: 27.0, 100: 9.0},
            "not measured": {5: "bad", 10: "bad", 25: "good", 100: "best"},
            "negative": {5: -40.0, 10: 27.0, 25: 14.0, 100: 9.0},
            "training letters": {5: 0.0, 10: 0.0, 25: 0.0, 100: 0.0},
            "nothing works": {5: 140.0, 10: 110.0, 25: 80.0, 100: 70.0},
            "nothing changes": {5: 9.7, 10: 9.7, 25: 9.7, 100: 9.7},
            "exchanged": {5: 9.0, 10: 14.0, 25: 27.0, 100: 46.0},
            "10 steps worse than 5": {5: 46.0, 10: 60.0, 25: 14.0, 100: 9.0},
            "25 steps no better than 10": {5: 46.0, 10: 27.0, 25: 27.0, 100: 9.0},
            "100 steps worse than 25": {5: 46.0, 10: 27.0, 25: 9.0, 100: 14.0},
            "one measurement twice": {5: 46.0213, 10: 27.4177, 25: 9.2614, 100: 9.2614},
            "not a number": {5: 46.0, 10: 27.0, 25: 14.0, 100: float("nan")},
            "not scaled back": {5: 900.0, 10: 700.0, 25: 600.0, 100: 50.0},
        },
        explanation="Numbers of that kind: fewer steps are faster and worse, and the last doublings bring little. Read yours beside "
        "the distance of the training letters, which no model can be expected to beat by much.",
    ),
]
