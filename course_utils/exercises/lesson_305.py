"""Exercises of lesson 305, translation from image to image."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
from course_utils.scale import current_scale

GREY_MISTAKES = {
    0.4: "That is the mean, the best answer for L2.",
    0.5: "That is the middle between the smallest and the largest. L1 does not care how far the ends lie.",
    0.0: "That is the most frequent answer. Count how many lie below and above your guess.",
    0.9: "Three of the five answers lie below that. Write all five in a row, both zeros too.",
    1.0: "That is the largest answer. Count how many lie below and above your guess.",
}


def test_best_grey(answer):
    number = one_number(answer)
    for mistake, message in GREY_MISTAKES.items():
        if np.isclose(number, mistake, atol=1e-3):
            raise Wrong(message)
    expect_close(number, 0.1, f"It is not {number:g}: as many answers must lie below as above.", tolerance=1e-6)


FIELD_MISTAKES = {
    16: "You added the kernels. A later kernel's steps are longer than one pixel.",
    67: "You lengthened the steps too early: a layer's own stride counts for the layers after it.",
    22: "A layer is missing: there are three layers of stride 2, and then one of stride 1.",
    70: "Three layers of stride 2 make steps of 8, not 16. 70 is the paper's discriminator, which has one layer more.",
    13: "You took all steps as one pixel long. Each layer of stride 2 doubles the steps of the layers after it.",
    2116: "That is the number of pixels in the field. Asked is its width.",
}


def test_field(answer):
    number = one_number(answer)
    for mistake, message in FIELD_MISTAKES.items():
        if number == mistake:
            raise Wrong(message)
    expect_close(number, 46, f"It is not {number:g}.", tolerance=1e-6)


def pix2pix_loss(fake_logits, fake, real, weight):
    return np.logaddexp(0, -fake_logits).mean() + weight * np.abs(fake - real).mean()


def pix2pix_loss_by_probabilities(fake_logits, fake, real, weight):
    probabilities = 1 / (1 + np.exp(-np.ravel(fake_logits)))
    game = -sum(np.log(probabilities)) / len(probabilities)
    return game + weight * np.linalg.norm(np.ravel(fake - real), ord=1) / np.size(real)


def summed_over_patches(fake_logits, fake, real, weight):
    return np.logaddexp(0, -fake_logits).sum() + weight * np.abs(fake - real).mean()


def summed_over_pixels(fake_logits, fake, real, weight):
    return np.logaddexp(0, -fake_logits).mean() + weight * np.abs(fake - real).sum()


def with_squares(fake_logits, fake, real, weight):
    return np.logaddexp(0, -fake_logits).mean() + weight * ((fake - real) ** 2).mean()


def labels_exchanged(fake_logits, fake, real, weight):
    return np.logaddexp(0, fake_logits).mean() + weight * np.abs(fake - real).mean()


def weight_at_the_game(fake_logits, fake, real, weight):
    return weight * np.logaddexp(0, -fake_logits).mean() + np.abs(fake - real).mean()


def minimax(fake_logits, fake, real, weight):
    return -np.logaddexp(0, fake_logits).mean() + weight * np.abs(fake - real).mean()


LOSS_MISTAKES = {
    summed_over_patches: "You summed over the patches. Take the mean, so that the size of the map does not matter.",
    summed_over_pixels: "You summed over the pixels. L1 is the mean of the absolute differences.",
    with_squares: "The pixels' part is squared: that is L2, whose answer is the mean.",
    labels_exchanged: "The sign of the logits: the generator wants its patches taken for real.",
    weight_at_the_game: "The weight belongs to L1, not to the game.",
    minimax: "That is the minimax loss. The non-saturating one is ln(1 + exp(-a)).",
}


def test_loss(answer):
    for seed, (count, patches, width) in enumerate([(3, 4, 16), (1, 8, 32), (5, 2, 8)]):
        random = np.random.default_rng(seed)
        logits = random.normal(size=(count, patches, patches, 1))
        fake, real = random.random((2, count, width, width, 1))
        arguments = logits, fake, real, 7.0 * (seed + 1)
        result = one_number(answer(*arguments), "The loss")
        for mistake, message in LOSS_MISTAKES.items():
            if np.isclose(result, mistake(*arguments), rtol=1e-6):
                raise Wrong(message)
        message = "Mean of ln(1 + exp(-a)), plus weight times the mean of |fake - real|."
        expect_close(result, pix2pix_loss(*arguments), message)


FINDING = ("L1_3", "contrast_3", "L1_300", "contrast_300")


def test_weights(answer):
    light, contrast_light, heavy, contrast_heavy = measured_numbers(answer, *FINDING, shares=FINDING)
    if max(light, heavy) > 0.3:
        raise Wrong("An L1 above 0.3 is worse than an empty page. Did you take the area, or untrained pictures?")
    if light == heavy and contrast_light == contrast_heavy:
        raise Wrong("The two weights give equal numbers. Did the second model get its own weight, and was it measured?")
    if contrast_light < contrast_heavy:
        raise Wrong("The light weight should give the stronger lines. Are the two contrasts exchanged?")
    if current_scale() == "full":  # longer training: how far apart they end was not measured
        return
    if contrast_light < contrast_heavy + 0.2:
        raise Wrong("The two contrasts should lie far apart. Did each model get its own weight, and plays=True?")
    if light < heavy + 0.01:
        raise Wrong("The heavy weight should give the lower L1, by more than 0.01. Are the values at the right keys?")


PROGRAM = """
finding = {}
for weight in (3, 300):
    game = ImageToImage(u_net("generator"), patch_discriminator("discriminator"), weight, plays=True)
    game.compile(steps_per_execution=10)
    game.fit(train_outlines, train_pictures, batch_size=32, epochs=scale(quick=3, full=30), verbose=0)
    pictures = game.generator.predict(test_outlines, batch_size=128, verbose=0)[..., 0]
    measured = measure(pictures)
    finding[f"L1_{weight}"] = measured["L1"]
    finding[f"contrast_{weight}"] = measured["contrast"]
check("305-4", finding)
"""

EXERCISES = [
    Exercise(
        key="305-1",
        title="The best single answer",
        minutes=5,
        test=test_best_grey,
        hints=("Which statistic of the five answers is lowest in L1?", "Sort them and take the one in the middle."),
        solution=0.1,
        wrong_answers={
            "mean": 0.4,
            "middle of the range": 0.5,
            "most frequent": 0,
            "largest": 1.0,
            "the zeros as one": 0.9,
            "in percent": 10,
            "not a number": np.nan,
        },
        also_right={"computed": float(np.median([0, 0, 0.1, 0.9, 1]))},
        explanation="The median: two answers lie below 0.1 (the zeros) and two above. The mean is 0.4.",
    ),
    Exercise(
        key="305-2",
        title="A larger patch",
        minutes=10,
        test=test_field,
        hints=(
            "Note two numbers for each layer: the field so far, and the length of a step. Begin with 1 and 1.",
            "4 (steps of 2), 10 (steps of 4), 22 (steps of 8), and the last layer adds 3 steps.",
        ),
        solution=46,
        wrong_answers={
            "kernels added": 16,
            "strides too early": 67,
            "one layer missing": 22,
            "one halving too many": 70,
            "strides ignored": 13,
            "the area": 46**2,
            "not a number": np.nan,
        },
        also_right={"with a point": 46.0},
        explanation="1, 4, 10, 22, 46: with the steps 1, 2, 4, 8 before each layer.",
    ),
    Exercise(
        key="305-3",
        title="The generator's loss",
        minutes=10,
        test=test_loss,
        hints=(
            "The game's part is the non-saturating loss, ln(1 + exp(-a)), averaged over all patches.",
            "np.logaddexp(0, -fake_logits).mean() + weight * (the mean absolute difference)",
        ),
        solution=pix2pix_loss,
        wrong_answers={
            "sum over patches": summed_over_patches,
            "squares": with_squares,
            "labels exchanged": labels_exchanged,
            "weight at the game": weight_at_the_game,
            "sum over pixels": summed_over_pixels,
            "minimax": minimax,
        },
        also_right={"by probabilities": pix2pix_loss_by_probabilities},
        explanation="Both parts are means, so one weight serves for pictures and maps of any size.",
    ),
    Exercise(
        key="305-4",
        title="How much should the pixels weigh?",
        minutes=15,
        test=test_weights,
        hints=(
            "Copy the body of the training loop, with the weights 3 and 300 and plays=True.",
            "measure(pictures) gives L1 and the contrast; pictures are the generator's predictions for test_outlines.",
        ),
        solution={"L1_3": 0.127, "contrast_3": 0.7, "L1_300": 0.09, "contrast_300": 0.01},
        wrong_answers={
            "percent": {"L1_3": 12.7, "contrast_3": 70, "L1_300": 9, "contrast_300": 1},
            "L1s exchanged": {"L1_3": 0.09, "contrast_3": 0.7, "L1_300": 0.127, "contrast_300": 0.01},
            "contrasts exchanged": {"L1_3": 0.127, "contrast_3": 0.01, "L1_300": 0.09, "contrast_300": 0.7},
            "weight not passed on": {"L1_3": 0.131, "contrast_3": 0.71, "L1_300": 0.131, "contrast_300": 0.7},
            "area instead of L1": {"L1_3": 0.97, "contrast_3": 0.7, "L1_300": 0.99, "contrast_300": 0.01},
            "one model twice": {"L1_3": 0.131, "contrast_3": 0.71, "L1_300": 0.131, "contrast_300": 0.71},
            "not a number": {"L1_3": 0.127, "contrast_3": np.nan, "L1_300": 0.09, "contrast_300": 0.01},
        },
        program=PROGRAM,
        explanation="Even a light weight ties the picture to the outline. A heavy one makes the pixels win, and the lines "
        "vanish: at 300, lines at a wrong place cost more than the discriminator can make up for.",
    ),
]
