"""Exercises of lesson 514, count the cost of workers."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

NAMES = ("2 workers", "8 workers", "1 worker")
MEGABYTES = {"2 workers": 100, "8 workers": 175, "1 worker": 0}


def test_megabytes(answer):
    two, eight, one = measured_numbers(answer, *NAMES)
    if np.isclose(two, 25):
        raise Wrong("That counts numbers. Each slope is a number of 4 bytes.")
    if np.isclose(two, 100e6):
        raise Wrong("Megabytes are asked for: millions of bytes.")
    if np.isclose(two, 200):
        raise Wrong("Two workers: 2 (n - 1) / n is 2 · 1 / 2.")
    expect_close(two, 100, f"Two workers: {two:g} is not right. Each sends one list of slopes.", tolerance=1e-3)
    if np.isclose(eight, 200):
        raise Wrong("Eight workers: 2 · 7 / 8 of the list, not the whole list twice.")
    if np.isclose(eight, 700):
        raise Wrong("Eight workers: in a ring none sends its list to each of the seven others.")
    expect_close(eight, 175, f"Eight workers: {eight:g} is not right. Use 2 (n - 1) / n.", tolerance=1e-3)
    expect_close(one, 0, "One worker alone has nobody to send to.")


def images_a_second(workers, images_each, compute, list_bytes, bytes_a_second):
    exchange = 2 * (workers - 1) / workers * list_bytes / bytes_a_second
    return workers * images_each / (compute + exchange)


def of_one_worker(workers, images_each, compute, list_bytes, bytes_a_second):
    return images_a_second(workers, images_each, compute, list_bytes, bytes_a_second) / workers


def without_exchange(workers, images_each, compute, list_bytes, bytes_a_second):
    return workers * images_each / compute


def two_lists(workers, images_each, compute, list_bytes, bytes_a_second):
    return workers * images_each / (compute + 2 * list_bytes / bytes_a_second)


def hidden_exchange(workers, images_each, compute, list_bytes, bytes_a_second):
    exchange = 2 * (workers - 1) / workers * list_bytes / bytes_a_second
    return workers * images_each / max(compute, exchange)


def list_to_each_other(workers, images_each, compute, list_bytes, bytes_a_second):
    return workers * images_each / (compute + (workers - 1) * list_bytes / bytes_a_second)


def one_way(workers, images_each, compute, list_bytes, bytes_a_second):
    exchange = (workers - 1) / workers * list_bytes / bytes_a_second
    return workers * images_each / (compute + exchange)


def by_efficiency(workers, images_each, compute, list_bytes, bytes_a_second):
    exchange = (list_bytes - list_bytes / workers) * 2 / bytes_a_second
    share = compute / (compute + exchange)
    return share * workers * images_each / compute


def test_images(answer):
    mistakes = {
        of_one_worker: "That is the share of one worker; all of them together are asked for.",
        without_exchange: "The exchange is missing: a step takes computing and exchanging.",
        two_lists: "Each sends 2 (n - 1) / n lists, not two. For one worker that is nothing.",
        list_to_each_other: "In a ring none sends its list to each of the others.",
        one_way: "The list goes round twice: once to add, once to pass the sums on.",
        hidden_exchange: "In the page's model the exchange is not hidden: the two times add up.",
    }
    for arguments in [
        (5, 10, 0.01, 20, 1000),
        (2, 100, 0.5, 4000, 9000),
        (8, 32, 0.12, 500, 7000),
        (1, 50, 0.2, 400, 100),
    ]:
        result = one_number(answer(*arguments), "The images a second")
        right = images_a_second(*arguments)
        if np.isclose(result, right):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(*arguments)):
                raise Wrong(message)
        raise Wrong(f"For {arguments} you return {result:.5g}; it should be {right:.5g}.")


def images_needed(seconds_an_image, exchange, wanted):
    return np.ceil(wanted * exchange / ((1 - wanted) * seconds_an_image))


def rounded_down(seconds_an_image, exchange, wanted):
    return np.floor(wanted * exchange / ((1 - wanted) * seconds_an_image))


def share_upside_down(seconds_an_image, exchange, wanted):
    return np.ceil((1 - wanted) * exchange / (wanted * seconds_an_image))


def without_computing(seconds_an_image, exchange, wanted):
    return np.ceil(exchange / ((1 - wanted) * seconds_an_image))


def not_whole(seconds_an_image, exchange, wanted):
    return wanted * exchange / ((1 - wanted) * seconds_an_image)


def cut_off_and_one_more(seconds_an_image, exchange, wanted):
    return int(wanted * exchange / ((1 - wanted) * seconds_an_image)) + 1


def one_too_many(seconds_an_image, exchange, wanted):
    return images_needed(seconds_an_image, exchange, wanted) + 1


def as_long_as_the_exchange(seconds_an_image, exchange, wanted):
    return np.ceil(exchange / seconds_an_image)


def one_after_the_other(seconds_an_image, exchange, wanted):
    count = 1
    while count * seconds_an_image / (count * seconds_an_image + exchange) < wanted:
        count += 1
    return count


def test_needed(answer):
    mistakes = {
        rounded_down: "With that many the efficiency is just below what is wanted: round up.",
        share_upside_down: "Computing should be the larger part: solve c / (c + exchange) = wanted for c.",
        without_computing: "That makes the exchange (1 - wanted) of the computing; it should be that share of the *whole* step.",
        cut_off_and_one_more: "Cutting off and adding one goes wrong where the division gives a whole number: that is enough.",
        one_too_many: "One fewer is enough, in every case.",
        as_long_as_the_exchange: "Then computing takes as long as the exchange: the efficiency is a half.",
        not_whole: "A whole number of images is wanted: round up.",
    }
    for arguments in [
        (0.003, 0.05, 0.91),
        (0.01, 0.1, 0.77),
        (0.002, 0.031, 0.5),
        (0.01, 0.1, 0.5),
        (0.007, 0.2, 0.95),
    ]:
        result = one_number(answer(*arguments), "The number of images")
        right = images_needed(*arguments)
        if result == right:
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(*arguments)):
                raise Wrong(message)
        raise Wrong(f"For {arguments} you return {result:g}; it should be {right}.")


def test_factors(answer):
    sent, efficiency = measured_numbers(answer, "bytes", "efficiency")
    if min(sent, efficiency) <= 0:
        raise Wrong("Factors are wanted: the new number divided by that of the page.")
    if 5 < sent < 20:
        raise Wrong("Ten times the images, but is there more than one slope for each weight? Measure the bytes again.")
    if not 0.5 < sent < 2:
        raise Wrong(
            f"The bytes change by a factor of {sent:.3g}? Divide bytes by bytes, of the wide network both times."
        )
    if 0.95 < efficiency < 1.05 and efficiency == sent:
        raise Wrong("The two factors are the same number. The efficiency is alone divided by together.")
    if efficiency < 1:
        raise Wrong("More computing and the same exchange: the efficiency should rise. Did you divide new by old?")
    if efficiency < 1.1:
        raise Wrong("Ten times the computing for the same exchange should show. Is it the wide network, both times?")
    if efficiency > 20:
        raise Wrong("An efficiency ends near 1, so it cannot rise that much. Is it alone divided by together?")


FACTORS = """
more = measure_steps(images[:3000], labels[:3000], workers=3)
new_efficiency = more["alone"] / more["together"]
factors = {
    "bytes": more.loc["wide", "bytes of worker 0"] / measured.loc["wide", "bytes of worker 0"],
    "efficiency": new_efficiency["wide"] / efficiency["wide"],
}
"""

EXERCISES = [
    Exercise(
        key="514-1",
        title="Megabytes of a step",
        minutes=5,
        test=test_megabytes,
        hints=("The list has 25 million slopes of 4 bytes: 100 megabytes.", "Each sends 2 (n - 1) / n of the list."),
        solution=MEGABYTES,
        wrong_answers={
            "numbers for bytes": {"2 workers": 25, "8 workers": 43.75, "1 worker": 0},
            "bytes": {"2 workers": 100e6, "8 workers": 175e6, "1 worker": 0},
            "twice the list": {"2 workers": 200, "8 workers": 200, "1 worker": 0},
            "twice the list for eight": MEGABYTES | {"8 workers": 200},
            "to each other worker": MEGABYTES | {"8 workers": 700},
            "half": MEGABYTES | {"2 workers": 50},
            "no number": MEGABYTES | {"2 workers": float("nan")},
            "one worker sends too": MEGABYTES | {"1 worker": 100},
        },
        explanation="With more and more workers it comes near 200, twice the list.",
    ),
    Exercise(
        key="514-2",
        title="Images a second",
        minutes=10,
        test=test_images,
        hints=(
            "A step takes compute + exchange seconds.",
            "In it all workers together do workers × images_each images.",
        ),
        solution=images_a_second,
        wrong_answers={
            "of one worker": of_one_worker,
            "without exchange": without_exchange,
            "two lists": two_lists,
            "exchange hidden": hidden_exchange,
            "a list to each other": list_to_each_other,
            "one way only": one_way,
        },
        also_right={"by the efficiency": by_efficiency},
        explanation="It is n times the speed of one worker, times the efficiency.",
    ),
    Exercise(
        key="514-3",
        title="How large must the part be?",
        minutes=20,
        test=test_needed,
        hints=(
            "What is the efficiency with k images? Which seconds of a step grow with k, which do not?",
            "With k images, computing takes c = k × seconds_an_image. The efficiency is c / (c + exchange).",
            "Solve c / (c + exchange) = wanted for c, divide by seconds_an_image, round up.",
        ),
        solution=images_needed,
        wrong_answers={
            "rounded down": rounded_down,
            "upside down": share_upside_down,
            "share of the computing": without_computing,
            "not whole": not_whole,
            "one too many": one_too_many,
            "cut off and one more": cut_off_and_one_more,
            "as long as the exchange": as_long_as_the_exchange,
        },
        also_right={"one after the other": one_after_the_other},
        explanation="Efficiency can be bought with a larger part, as long as it fits into memory and still learns.",
    ),
    Exercise(
        key="514-4",
        title="Ten times the images",
        minutes=15,
        test=test_factors,
        hints=(
            "What travels is one slope for each weight. What is computed grows with the images.",
            "more = measure_steps(images[:3000], labels[:3000], workers=3), then the efficiency of `wide` as on the page.",
            "Both answers are new divided by old: more.loc['wide', 'alone'] / measured.loc['wide', 'alone'], for instance.",
        ),
        solution={"bytes": 1.0, "efficiency": 2.1},
        program=FACTORS,
        wrong_answers={
            "ten times the bytes": {"bytes": 10.0, "efficiency": 2.1},
            "bytes, not a factor": {"bytes": 6.5e6, "efficiency": 2.1},
            "the same factor twice": {"bytes": 1.0, "efficiency": 1.0},
            "old divided by new": {"bytes": 1.0, "efficiency": 0.47},
            "a percentage": {"bytes": 1.0, "efficiency": 86.0},
            "a difference": {"bytes": 0.0, "efficiency": 0.5},
            "no number": {"bytes": float("nan"), "efficiency": 2.1},
            "one left open": {"bytes": 1.0, "efficiency": ...},
            "hardly more": {"bytes": 1.0, "efficiency": 1.01},
        },
        explanation="Ten times the computing for the same exchange: that is what larger parts buy.",
    ),
]
