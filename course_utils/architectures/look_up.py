"""Rivals of one attention head at looking up a number in a list of pairs (lesson 401)."""

import keras
from keras import layers


def mean_network(width: int = 256) -> keras.Model:
    """Pairs (any, 26) and a question (1, 26) -> logits (8,): `width` numbers of each pair, averaged over the list.

    The average is then read together with the question. With 128 units or more it can hold which letter stands beside
    which number: one unit for each combination.
    """
    pairs = keras.Input((None, 26), name="pairs")
    question = keras.Input((1, 26), name="question")
    each = layers.Dense(width, activation="relu", name="each_pair")(pairs)
    mean = layers.GlobalAveragePooling1D(name="mean")(each)
    both = layers.Concatenate(name="both")([mean, layers.Flatten(name="asked")(question)])
    hidden = layers.Dense(width, activation="relu", name="hidden")(both)
    return keras.Model([pairs, question], layers.Dense(8, name="number")(hidden), name="mean_of_pairs")


def dense_network(pairs_in_list: int = 8, width: int = 128) -> keras.Model:
    """Pairs (pairs_in_list, 26) and a question (1, 26) -> logits (8,): everything at once through one hidden layer."""
    pairs = keras.Input((pairs_in_list, 26), name="pairs")
    question = keras.Input((1, 26), name="question")
    rows = layers.Concatenate(axis=1, name="rows")([pairs, question])
    hidden = layers.Dense(width, activation="relu", name="hidden")(layers.Flatten(name="everything")(rows))
    return keras.Model([pairs, question], layers.Dense(8, name="number")(hidden), name="dense_on_everything")
