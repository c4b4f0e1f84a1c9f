"""The word filler of lesson 408, trained for minutes on two cores by the functions on the lesson's own page.

It needs the packages of the course. On another machine the weights differ a little, and so does the file.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from files import new_file

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.checkpoints import save_checkpoint  # noqa: E402
from course_utils.datasets.reviews import bag_of_words, encode_words, load_reviews  # noqa: E402

TESTS = Path(__file__).parents[2] / "tests"
WIDTH, BLOCKS, PASSES, SEED = 64, 2, 3, 47


def functions_of_the_page() -> dict[str, Any]:
    """The functions that lesson 408 defines, with the settings that they read from the page."""
    sys.path.insert(0, str(TESTS))
    from notebook_functions import functions_of

    sys.path.remove(str(TESTS))
    page = functions_of("408")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    page["pretrain"].__globals__.update(COMMON=102, SLOTS=5, cross_entropy=loss)
    return page


def trained_filler(passages: np.ndarray, words: int) -> keras.Model:
    """The filler of `words` words, trained on codes (n, 32), each passage three times with other words hidden."""
    page = functions_of_the_page()
    keras.utils.set_random_seed(SEED)
    encoder = page["build_encoder"](words, WIDTH, BLOCKS)
    filler = page["build_filler"](encoder)
    encoder.get_layer("table").set_weights([page["count_vectors"](bag_of_words(passages, words), WIDTH)])
    page["pretrain"](filler, passages, words, PASSES, np.random.default_rng(SEED))
    return filler


def build() -> Path:
    """The weights after three passes over all unlabelled passages, half precision."""
    reviews = load_reviews()
    vocabulary = reviews.details["vocabulary"]
    passages = encode_words(reviews.details["unlabelled"], vocabulary)
    return save_checkpoint(new_file("pretrained_sentences.npz"), filler=trained_filler(passages, len(vocabulary)))
