"""Exercises of lesson 107, image generation."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close

ROW_MISTAKES = (
    (21, 'That is the size with padding "same": 7 * 3. With "valid" nothing that was stamped is cut off.'),
    (26, "You let each of the 7 rows move the stamp by 3. The first stamp stands at row 0, so there are only 6 moves."),
    (35, "The stamps would lie side by side if they stood 5 rows apart. They stand 3 apart and overlap."),
    (1, "That is the size of a convolution's output. The transposed convolution makes a map larger."),
    (18, "That is where the last stamp begins. It is 5 rows high."),
)


def test_rows(answer):
    for mistake, message in ROW_MISTAKES:
        if np.shape(answer) == () and np.isreal(answer) and answer == mistake:
            raise Wrong(message)
    expect_close(answer, 23, f"It is not {answer!r}.", tolerance=1e-9)


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


NOISE_MISTAKES = (
    (without_roots, "The roots are missing: alpha_bar and 1 - alpha_bar are shares of the variance."),
    (one_minus_root, "The share of the noise is the root of 1 - alpha_bar, not 1 minus the root."),
    (shares_swapped, "Image and noise have changed places: alpha_bar is what is kept of the image."),
    (same_step_for_all, "All images got the first step. Each has its own: alpha_bar[t] holds one value an image."),
    (
        along_the_columns,
        "Your steps vary along the columns of each image, not from image to image. Reshape to (-1, 1, 1, 1).",
    ),
)


def test_noisy(answer):
    generator = np.random.default_rng(1)
    images, noise = generator.normal(size=(2, 5, 4, 5, 1))  # as many images as columns: a wrong axis goes unnoticed
    t, alpha_bar = np.array([3, 0, 7, 5, 5]), np.linspace(0.95, 0.05, 8)
    result = answer(images.copy(), t.copy(), alpha_bar.copy(), noise.copy())
    for mistake, message in NOISE_MISTAKES:
        if np.shape(result) == images.shape and np.allclose(result, mistake(images, t, alpha_bar, noise)):
            raise Wrong(message)
    expect_close(result, noisy(images, t, alpha_bar, noise), "The noisy images differ.")


def test_finding(answer):
    if not isinstance(answer, dict):
        raise Wrong("The finding is a dictionary: {setting: measured Fréchet distance, ...}.")
    if len(answer) < 3:
        raise Wrong(f"Report at least three settings, not {len(answer)}: two points do not show a trend.")
    try:
        distances = [float(value) for value in answer.values()]
    except (TypeError, ValueError) as error:
        raise Wrong("Each value must be a number, the Fréchet distance that you measured.") from error
    if not all(np.isfinite(distances)) or min(distances) < 0:
        raise Wrong("A Fréchet distance is finite and never negative.")
    if min(distances) < 0.3:
        raise Wrong("That is nearer than real test letters are. Did you compare the training letters with themselves?")
    if min(distances) > 60:
        raise Wrong(
            "Even your best setting is worse than drawing pixels from a normal distribution. Look at the samples."
        )
    if np.ptp(distances) < 1e-6:
        raise Wrong("All distances are equal: did the setting change anything?")


EXERCISES = [
    Exercise(
        key="107-1",
        title="The size of a transposed convolution",
        minutes=5,
        test=test_rows,
        hints=(
            "The first stamp begins at row 0. Where does the seventh begin?",
            "At row 6 * 3 = 18. Add the height of one stamp.",
        ),
        solution=23,
        wrong_answers={"same": 21, "seven moves": 26, "side by side": 35, "a convolution": 1, "last start": 18},
        explanation="6 * 3 + 5: the last stamp begins at row 18 and is 5 rows high.",
    ),
    Exercise(
        key="107-2",
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
        },
        explanation="The squares of the two factors add up to 1, so pixels of variance 1 keep it on the whole way.",
    ),
    Exercise(
        key="107-3",
        title="What the distance depends on",
        minutes=15,
        test=test_finding,
        hints=(
            "def predict_noise(images, steps): return diffusion.denoiser.predict_on_batch([images, steps]); then "
            "(denoise(predict_noise, count, steps)[-1].clip(-1, 1) + 1) / 2 are the samples.",
            "Collect them: {steps: distance_to_real(samples) for each number of steps}.",
        ),
        solution={5: 46.0, 10: 27.0, 25: 14.0, 100: 9.0},
        wrong_answers={
            "one number": 9.7,
            "two settings": {10: 27.0, 100: 9.0},
            "not measured": {5: "bad", 25: "good", 100: "best"},
            "negative": {5: -40.0, 25: 14.0, 100: 9.0},
            "training letters": {5: 0.0, 25: 14.0, 100: 9.0},
            "nothing works": {5: 140.0, 25: 120.0, 100: 100.0},
            "nothing changes": {5: 9.7, 25: 9.7, 100: 9.7},
        },
        explanation="Numbers of that kind: fewer steps are faster and worse, and the last doublings bring little. Read yours beside "
        "the distance of real test letters, which no model can be expected to beat.",
    ),
]
