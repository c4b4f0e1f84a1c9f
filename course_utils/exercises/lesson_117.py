"""Exercises of lesson 117, the next frame."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    measured_numbers,
    one_number,
)

PIXEL, ERROR = 0.3, 0.3 * 0.7
PIXEL_MISTAKES = {
    0.0: "White is right in most futures: that is what ABSOLUTE error asks for. Squared error asks for the mean.",
    1.0: "Black happens in three of ten futures only. Squared error asks for the mean of all ten.",
    0.5: "That is the mean of two futures that are equally likely. Here black has three of ten.",
    0.7: "That is the share of white futures. Black is 1: the mean is 0.3.",
    3.0: "That is the sum of the ten pixels. The mean divides by ten.",
    30.0: "Not in percent: a pixel goes from 0 to 1.",
}
ERROR_MISTAKES = {
    0.3: "That is the error of a white pixel, 0. Yours is 0.3: (0.3 - 1) ** 2 in three futures, 0.3 ** 2 in seven.",
    0.0: "It is wrong a little in each future: 0.7 off in three, 0.3 off in seven.",
    0.42: "You took the distances without squares: 0.3 * 0.7 + 0.7 * 0.3.",
    0.09: "That is the error in a white future alone. In three of ten the pixel is black.",
    0.49: "That is the error in a black future alone. In seven of ten the pixel is white.",
    2.1: "That is the sum over the ten futures. The mean divides by ten.",
    0.29: "You averaged the two errors as if both were equally likely. Black has three of ten.",
    0.458: "You took the root. The mean squared error has none.",
}


def close_one(number, mistakes):
    for value, message in mistakes.items():
        if abs(number - value) < 2e-3:
            raise Wrong(message)


def test_pixel(answer):
    if not isinstance(answer, dict) or not {"pixel", "error"} <= set(answer):
        raise Wrong('The answer is a dictionary: {"pixel": ..., "error": ...}.')
    pixel = one_number(answer["pixel"], '"pixel"')
    close_one(pixel, PIXEL_MISTAKES)
    if abs(pixel - PIXEL) > 2e-3:
        raise Wrong(f"The pixel is not {pixel:g}. What is the mean of three ones and seven zeros?")
    error = one_number(answer["error"], '"error"')
    close_one(error, ERROR_MISTAKES)
    if abs(error - ERROR) > 2e-3:
        raise Wrong(f"The pixel is right, but its error is not {error:g}. Add up (0.3 - y) ** 2 over the ten futures.")


def best_forecast(futures, chances):
    picture = []
    for values in futures.T:
        order = np.argsort(values)
        reached = np.cumsum(chances[order])
        picture.append(values[order][np.argmax(reached >= 0.5)])
    return np.array(picture)


def by_trying(futures, chances):
    errors = np.abs(futures[:, np.newaxis] - futures[np.newaxis]) * chances[np.newaxis, :, np.newaxis]
    best = errors.sum(axis=1).argmin(axis=0)  # which future's value is cheapest, for each pixel
    return futures[best, np.arange(futures.shape[1])]


def mean_of_futures(futures, chances):
    return chances @ futures


def median_without_chances(futures, chances):
    return np.median(futures, axis=0)


def likeliest_future(futures, chances):
    return futures[np.argmax(chances)]


def plain_mean(futures, chances):
    return futures.mean(axis=0)


def not_sorted(futures, chances):
    return futures[np.argmax(np.cumsum(chances) >= 0.5)]


def middle_of_range(futures, chances):
    return (futures.min(axis=0) + futures.max(axis=0)) / 2


def chances_not_sorted(futures, chances):
    return np.sort(futures, axis=0)[np.argmax(np.cumsum(chances) >= 0.5)]


def one_too_early(futures, chances):
    picture = []
    for values in futures.T:
        order = np.argsort(values)
        picture.append(values[order][np.argmax(np.cumsum(chances[order]) >= 0.5) - 1])
    return np.array(picture)


def one_number_for_all(futures, chances):
    return best_forecast(futures.reshape(-1, 1), np.repeat(chances, futures.shape[1]) / futures.shape[1])


def not_a_number(futures, chances):
    return np.full(futures.shape[1], np.nan)


FORECAST_MISTAKES = (
    (mean_of_futures, "That is the mean by chances: the picture that SQUARED error asks for."),
    (plain_mean, "That is the mean, and all futures count alike. Absolute error asks for the median, by chances."),
    (median_without_chances, "Your median counts all futures alike: use their chances."),
    (likeliest_future, "That is the likeliest future. Its pixel need not be the median: three others may outweigh it."),
    (not_sorted, "Add the chances up from the smallest VALUE of the pixel upwards, not in the order of the futures."),
    (chances_not_sorted, "You sorted the values and left the chances where they were: they belong together."),
    (middle_of_range, "That is the middle between the least and the greatest value. Chances must count."),
    (one_too_early, "One value too early: the chances up to AND with the median reach a half."),
    (one_number_for_all, "You give one number for the whole picture. Each pixel has a median of its own."),
)


def forecast_cases():
    random = np.random.default_rng(2)
    cases = [(np.array([[0.0, 1], [1, 0]]), np.array([0.8, 0.2]))]
    for futures, pixels in ((3, 4), (5, 6), (4, 5)):
        cases.append((random.random((futures, pixels)).round(3), random.dirichlet(np.ones(futures)).round(4)))
    cases[-1] = (cases[-1][0], np.array([0.4, 0.21, 0.22, 0.17]))
    return cases


def test_forecast(answer):
    cases = forecast_cases()
    results = [answer(futures.copy(), chances.copy()) for futures, chances in cases]
    for result in results:
        if np.asarray(result).dtype.kind == "f" and np.isnan(np.asarray(result)).any():
            raise Wrong("There is a NaN in your picture. Every pixel has a median.")
    for mistake, message in FORECAST_MISTAKES:
        expected = [mistake(*case) for case in cases]
        same = [
            np.shape(result) == np.shape(wrong)
            and np.asarray(result).dtype.kind in "iuf"
            and np.allclose(result, wrong)
            for result, wrong in zip(results, expected)
        ]
        if all(same):
            raise Wrong(message)
    for result, (futures, chances) in zip(results, cases):
        expect_close(result, best_forecast(futures, chances), "That is not the median of each pixel.")


FINDING = ("stacked", "memory")


def test_finding(answer):
    stacked, memory = measured_numbers(answer, *FINDING, apart=True)
    if min(stacked, memory) < 0:
        raise Wrong("A squared error is never below 0.")
    if max(stacked, memory) < 0.1:
        raise Wrong("Times 1000, please: as in the page's table.")
    if max(stacked, memory) > 15:
        raise Wrong(
            "So far off? Copying has about 19. Was the network trained, with squared error, before it was judged?"
        )
    if max(stacked, memory) > 8.5:
        raise Wrong(
            "No better than the shift: as after one epoch or less. Train as long as the page does: four epochs."
        )
    if min(stacked, memory) < 3:
        raise Wrong("So little? Judge on ALL test films, not on those that are apart, and not on training films.")
    if memory < 0.8 * stacked:
        raise Wrong("The memory so far ahead? Do both train on the same films for equally many steps?")
    if memory > 1.5 * stacked:
        raise Wrong("The memory so far behind? Is the drawer the same, with the same rate and as many epochs?")


EXERCISES = [
    Exercise(
        key="117-1",
        title="One pixel, ten futures",
        minutes=5,
        test=test_pixel,
        hints=(
            "Squared error asks for the mean of three ones and seven zeros.",
            "The pixel is 0.3. In three futures it is 0.7 off, in seven 0.3: (3 * 0.7 ** 2 + 7 * 0.3 ** 2) / 10.",
        ),
        solution={"pixel": PIXEL, "error": 0.21},
        program="""
            ten = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
            value = ten.mean()
            pixel = {"pixel": float(value), "error": float(((value - ten) ** 2).mean())}
            """,
        also_right={"not rounded": {"pixel": 3 / 10, "error": ERROR}},
        wrong_answers={
            "the likelier value": {"pixel": 0, "error": 0.3},
            "half": {"pixel": 0.5, "error": 0.25},
            "the share of white": {"pixel": 0.7, "error": 0.21},
            "in percent": {"pixel": 30, "error": 21},
            "the error of white": {"pixel": 0.3, "error": 0.3},
            "distances without squares": {"pixel": 0.3, "error": 0.42},
            "both futures alike": {"pixel": 0.3, "error": 0.29},
            "in a white future": {"pixel": 0.3, "error": 0.09},
            "the sum": {"pixel": 0.3, "error": 2.1},
            "no error": {"pixel": 0.3, "error": 0.0},
            "the pixel alone": 0.3,
            "not a number": {"pixel": 0.3, "error": float("nan")},
        },
        explanation="(3 * 0.49 + 7 * 0.09) / 10 = 0.21. A white pixel costs 0.3, a black one 0.7.",
    ),
    Exercise(
        key="117-2",
        title="Another loss, another picture",
        minutes=15,
        test=test_forecast,
        hints=(
            "For each pixel: sort its values, and take the chances along in the same order (np.argsort).",
            "np.cumsum adds the sorted chances up. The first place where the sum reaches 0.5 holds the median.",
        ),
        solution=best_forecast,
        also_right={"by trying all values": by_trying},
        wrong_answers={
            "the mean": mean_of_futures,
            "the plain mean": plain_mean,
            "the plain median": median_without_chances,
            "the likeliest future": likeliest_future,
            "not sorted": not_sorted,
            "chances not sorted": chances_not_sorted,
            "middle of the range": middle_of_range,
            "one too early": one_too_early,
            "one number for all pixels": one_number_for_all,
            "not a number": not_a_number,
        },
        explanation="With two futures the likelier one wins in every pixel, so the picture is sharp, and the other future is gone.",
    ),
    Exercise(
        key="117-3",
        title="Give it a memory",
        minutes=25,
        test=test_finding,
        hints=(
            "films = keras.Input((4, 32, 32, 1)); the Conv3D reads it, the ConvLSTM2D reads that, drawer draws. No Permute, no Reshape.",
            "remembering = trained(build_memory(), past, following); then 1000 * error(forecast(remembering, test_past), test_following).mean().",
        ),
        solution={"stacked": 4.96, "memory": 5.63},
        program="""
            def build_memory():
                films = keras.Input((4, 32, 32, 1))
                read = layers.Conv3D(12, (1, 5, 5), (1, 2, 2), **same_size)(films)
                maps = layers.ConvLSTM2D(12, 3, padding="same")(read)
                return keras.Model(films, drawer(maps))


            remembering = trained(build_memory(), past, following)
            forecasts["memory"] = forecast(remembering, test_past)
            finding = {"stacked": float(by_kind("network")["all"]), "memory": float(by_kind("memory")["all"])}
            """,
        also_right={"another start": {"stacked": 5.29, "memory": 5.25}},
        wrong_answers={
            "not times 1000": {"stacked": 0.005, "memory": 0.0054},
            "untrained": {"stacked": 5.0, "memory": 29.0},
            "one epoch": {"stacked": 5.0, "memory": 8.6},
            "films apart alone": {"stacked": 5.0, "memory": 2.8},
            "the memory trained longer": {"stacked": 5.5, "memory": 4.0},
            "another drawer": {"stacked": 4.9, "memory": 7.9},
            "one number twice": {"stacked": 5.0123, "memory": 5.0123},
            "below zero": {"stacked": 5.0, "memory": -5.0},
            "one number": 5.4,
            "not a number": {"stacked": 5.0, "memory": float("nan")},
        },
        explanation="In two runs of ours the memory came out at 5.63 and 5.25, stacked at 4.96 and 5.29: no verdict. A step took over twice as long. "
        "Four frames hold all that this film needs: a memory has no use for more. It pays where something is hidden for longer.",
    ),
]
