"""Exercises of lesson 113, variational autoencoders."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_known_number,
    measured_numbers,
    one_number,
)

PRICE = float((1 + 4 - 1 - 0) / 2 + (16 + 0 - 1 - np.log(16)) / 2)
PRICE_MISTAKES = {
    2 * PRICE: "Twice too much: the sum is multiplied by a half.",
    PRICE / 2: "You took the mean of the two numbers of the code. Their prices add up.",
    2.0: "That is the price of the first number alone. The second has another variance, and costs too.",
    PRICE - 2: "That is the price of the second number alone. The first has another mean, and costs too.",
    PRICE - 1: "You took the mean 2 as it is. The formula wants its square.",
    9.5: "You left the logarithm of the variance out.",
    float(9.5 + np.log(16) / 2): "The logarithm of the variance is taken away, not added.",
    float(2 + (256 - 1 - np.log(256)) / 2): "You squared 16. It is the variance already, not the standard deviation.",
    float(2 + (4 - 1 - np.log(4)) / 2): "You took the root of 16. The formula wants the variance, not the deviation.",
    float(2 + (16 - 1 - np.log(4)) / 2): "The logarithm is that of the variance, 16, not of the deviation.",
    float(2 + (15 - np.log2(16)) / 2): "You used the logarithm with the base 2. In nats it is the natural one.",
    float(2 + (15 - np.log10(16)) / 2): "You used the logarithm with the base 10. In nats it is the natural one.",
    float(
        (np.e + 4 - 1 - 1) / 2 + (np.exp(16) - 1 - 16) / 2
    ): "You took 1 and 16 for log variances. They are variances.",
}


def test_price(answer):
    price = one_number(answer)
    expect_no_known_number(price, PRICE_MISTAKES, tolerance=2e-3)
    if price < 0:
        raise Wrong("Below 0? A Kullback-Leibler divergence is never negative.")
    if abs(price - PRICE) > 0.01:
        raise Wrong(f"It is not {price:g}. Write down the price of each number of the code, then add.")


def points_of(mean, log_variance, noise):
    return mean + np.exp(log_variance / 2) * noise


def by_root(mean, log_variance, noise):
    return np.sqrt(np.exp(log_variance)) * noise + mean


def by_loop(mean, log_variance, noise):
    points = np.array(mean, dtype="float64")
    for place in np.ndindex(points.shape):
        points[place] += np.exp(0.5 * log_variance[place]) * noise[place]
    return points


def variance_for_deviation(mean, log_variance, noise):
    return mean + np.exp(log_variance) * noise


def log_for_deviation(mean, log_variance, noise):
    return mean + log_variance * noise


def half_log(mean, log_variance, noise):
    return mean + log_variance / 2 * noise


def only_mean(mean, log_variance, noise):
    return np.array(mean)


def without_mean(mean, log_variance, noise):
    return np.exp(log_variance / 2) * noise


def noise_alone(mean, log_variance, noise):
    return mean + noise


def noise_not_multiplied(mean, log_variance, noise):
    return mean + np.exp(log_variance / 2) + noise


def mean_stretched(mean, log_variance, noise):
    return np.exp(log_variance / 2) * (mean + noise)


def sign_turned(mean, log_variance, noise):
    return mean + np.exp(-log_variance / 2) * noise


def one_noise_a_cloud(mean, log_variance, noise):
    return mean + np.exp(log_variance / 2) * noise[:, :1]


POINT_MISTAKES = {
    variance_for_deviation: "You stretch the noise by the variance. Its root is the standard deviation: "
    "the half in the exponent.",
    log_for_deviation: "You stretch the noise by the log variance itself. The exponential is missing.",
    half_log: "You stretch the noise by half the log variance. The exponential is missing.",
    only_mean: "You answer with the means: the middles of the clouds, without any noise.",
    without_mean: "Your points lie around 0. The mean is missing.",
    noise_alone: "Your clouds all have the deviation 1: the log variance is not used.",
    noise_not_multiplied: "The noise is multiplied by the deviation, not added to it.",
    mean_stretched: "You stretch the mean too. Only the noise is multiplied by the deviation.",
    sign_turned: "Your large clouds are small and your small ones large: the sign of the log variance is turned.",
    one_noise_a_cloud: "All numbers of a code get the noise of the first one. Each has its own.",
}
POINT_CASES = (
    (
        np.array([[1.0, -2.0], [0.5, 3.0]]),
        np.array([[0.4, 2.0], [-1.0, 0.6]]),
        np.array([[0.5, -1.0], [2.0, 0.3]]),
    ),
    (np.array([[4.0, 0.0, -1.0]]), np.array([[-2.0, 1.4, 3.0]]), np.array([[-0.7, 1.5, 0.2]])),
)


def same_points(result, points):
    return np.shape(result) == np.shape(points) and np.allclose(result, points)


def test_points(answer):
    results = [answer(*case) for case in POINT_CASES]
    for mistake, message in POINT_MISTAKES.items():
        if all(same_points(result, mistake(*case)) for result, case in zip(results, POINT_CASES)):
            raise Wrong(message)
    for result, case in zip(results, POINT_CASES):
        mean, log_variance, noise = (each.tolist() for each in case)
        expect_close(
            result,
            points_of(*case),
            f"For the means {mean}, the log variances {log_variance} and the noise {noise} it should be "
            f"{points_of(*case).round(3).tolist()}.",
        )


SCORES = ("restoring", "with KL")


def test_odd(answer):
    found = dict(zip(SCORES, measured_numbers(answer, *SCORES, apart=True)))
    if min(found.values()) < 0:
        raise Wrong("A share below 0? It counts letters above the limit.")
    if max(found.values()) > 1:
        if max(found.values()) <= 100 and min(found.values()) > 30:
            raise Wrong("These seem to be percent. Give shares, from 0 to 1.")
        raise Wrong("These are no shares. Are they the errors themselves? Count the letters above the limit.")
    if max(found.values()) < 0.15:
        raise Wrong("So few are the false alarms among A to J. Count the letters K to Z.")
    if min(found.values()) < 0.15:
        raise Wrong("One score finds far less than the other. Has each its own limit?")
    if max(found.values()) < 0.45:
        raise Wrong("With the page's VAE more is found. Is it the one with weight 1, and the limit 5 of 100?")
    if min(found.values()) > 0.97:
        raise Wrong("Nearly all? The limit is what 5 of 100 validation letters exceed: np.quantile(..., 0.95).")


EXERCISES = [
    Exercise(
        key="113-1",
        title="The price of a cloud",
        minutes=5,
        test=test_price,
        hints=(
            "Each number of the code has its own price: half of variance + mean squared - 1 - log variance.",
            "The first: half of 1 + 4 - 1 - 0. The second: half of 16 + 0 - 1 - log 16. Add them.",
        ),
        solution=PRICE,
        wrong_answers={
            "without the half": 2 * PRICE,
            "mean of the two": PRICE / 2,
            "the first alone": 2.0,
            "the second alone": PRICE - 2,
            "mean not squared": PRICE - 1,
            "without the logarithm": 9.5,
            "logarithm added": 9.5 + np.log(16) / 2,
            "variance squared": 2 + (255 - np.log(256)) / 2,
            "deviation for variance": 2 + (3 - np.log(4)) / 2,
            "logarithm of the deviation": 2 + (15 - np.log(4)) / 2,
            "base 2": 2 + (15 - np.log2(16)) / 2,
            "base 10": 2 + (15 - np.log10(16)) / 2,
            "taken for log variances": (np.e + 2) / 2 + (np.exp(16) - 17) / 2,
            "negative": -PRICE,
            "something else": 1.0,
            "not a number": float("nan"),
        },
        also_right={"rounded": 8.11},
        explanation="2 for the mean that lies away from 0, and half of 15 - log 16 for the wide second number.",
    ),
    Exercise(
        key="113-2",
        title="Draw a point of each cloud",
        minutes=10,
        test=test_points,
        hints=(
            "A point is the mean plus the noise, stretched by the standard deviation.",
            "The variance is exp(log_variance); its root is exp(log_variance / 2).",
        ),
        solution=points_of,
        wrong_answers={
            "variance for deviation": variance_for_deviation,
            "log variance for deviation": log_for_deviation,
            "half the log variance": half_log,
            "means": only_mean,
            "without mean": without_mean,
            "deviation 1": noise_alone,
            "noise added": noise_not_multiplied,
            "mean stretched": mean_stretched,
            "sign turned": sign_turned,
            "one noise a cloud": one_noise_a_cloud,
            "not a number": lambda mean, log_variance, noise: points_of(mean, log_variance, noise) * np.nan,
        },
        also_right={"root of the variance": by_root, "in a loop": by_loop},
        explanation="Sum and product only: mean and log variance get their slopes, the noise needs none.",
    ),
    Exercise(
        key="113-3",
        title="Does the bound find odd letters?",
        minutes=15,
        test=test_odd,
        hints=(
            "clouds_of(vaes[1.0], images) gives means and log variances; vaes[1.0].layers[2](means) gives the logits.",
            "np.quantile(score(validation_images), 0.95) is the limit. np.mean(score(odd_images) > limit) is the share.",
        ),
        solution={"restoring": 0.74, "with KL": 0.73},
        program="""
            odd_images = load_small_letters("KLMNOPQRSTUVWXYZ").test.inputs

            def scores_of(images):
                means, log_variances = clouds_of(vaes[1.0], images)
                logits = vaes[1.0].layers[2].predict(means, batch_size=500, verbose=0)
                errors = np.asarray(restoring(images, logits))
                prices = price_of(means, log_variances).sum(axis=1)
                return {"restoring": errors, "with KL": errors + prices}

            limits, odd_scores = scores_of(validation_images), scores_of(odd_images)
            finding = {}
            for name in limits:
                limit = np.quantile(limits[name], 0.95)
                finding[name] = float(np.mean(odd_scores[name] > limit))
            """,
        also_right={"another run": {"restoring": 0.69, "with KL": 0.712}},
        wrong_answers={
            "one number": 0.74,
            "percent": {"restoring": 74.0, "with KL": 73.0},
            "the errors": {"restoring": 26.9, "with KL": 33.4},
            "false alarms": {"restoring": 0.062, "with KL": 0.058},
            "one limit for both": {"restoring": 0.093, "with KL": 0.73},
            "hardly any": {"restoring": 0.31, "with KL": 0.33},
            "all": {"restoring": 0.991, "with KL": 0.993},
            "negative": {"restoring": -0.26, "with KL": 0.73},
            "not a number": {"restoring": 0.74, "with KL": float("nan")},
        },
        explanation="The bound finds most odd letters, but fewer than the plain autoencoder's error of lesson 107: "
        "its drawings are softer, so that ordinary letters have large errors too.",
    ),
]
