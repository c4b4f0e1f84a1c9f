"""Exercises of lesson 404: the size of a cache, bits per character from tokens, the weights of a GPT, and more readings."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, one_number
from course_utils.scale import current_scale


def test_cache_size(answer):
    named = {
        19_200: "You counted keys or values. Every place leaves both behind.",
        12_800: "This is the cache of one block. Each of the three blocks attends with keys and values of its own.",
        153_600: "The heads share the width: 4 heads of 16 numbers each are the 64, not 4 times 64.",
        384: "This is what one letter adds. After 100 letters there are 100 times as many.",
        30_000: "The scores are not kept, only keys and values are.",
    }
    given = one_number(answer)
    if given in named:
        raise Wrong(named[given])
    if given != 38_400:
        raise Wrong(f"It is not {given:g}: blocks times 2 (keys and values) times places times width.")


def bits_per_character(token_bits, tokens):
    return float(np.sum(token_bits)) / sum(len(token) for token in tokens)


def _per_token(token_bits, tokens):
    return np.mean(token_bits)


def _mean_of_ratios(token_bits, tokens):
    return np.mean([bits / len(token) for bits, token in zip(token_bits, tokens)])


def _without_spaces(token_bits, tokens):
    return np.sum(token_bits) / sum(len(token.strip()) for token in tokens)


def _sum(token_bits, tokens):
    return np.sum(token_bits)


def _each_token_once(token_bits, tokens):
    return np.sum(token_bits) / sum(len(token) for token in set(tokens))


def _bytes(token_bits, tokens):
    return np.sum(token_bits) / len("".join(tokens).encode())


def _letters_alone(token_bits, tokens):
    return np.sum(token_bits) / sum(letter.isalpha() for letter in "".join(tokens))


def _characters_per_bit(token_bits, tokens):
    return 1 / bits_per_character(token_bits, tokens)


def _weighted_mean(token_bits, tokens):
    lengths = np.array([len(token) for token in tokens])
    return np.average(np.asarray(token_bits) / lengths, weights=lengths)


def test_bits_per_character(answer):
    mistakes = {
        "These are bits per token: a tokenizer with longer tokens would look worse. Divide by the characters.": _per_token,
        "A mean of ratios gives a short token as much weight as a long one. Add up first, then divide.": _mean_of_ratios,
        "The space before a word is a character too: it must be predicted like any other.": _without_spaces,
        "This is the sum for the whole text. Divide it by the number of characters.": _sum,
        "A token that comes twice has its characters twice: do not make a set of the tokens.": _each_token_once,
        "Spaces, signs and ends of lines are characters too, not the letters alone.": _letters_alone,
        "You counted bytes. A sign such as é is one character.": _bytes,
        "These are characters per bit. Turn the fraction round.": _characters_per_bit,
    }
    random = np.random.default_rng()
    pieces = ["The", " king", " s", "ing", "s", ".", " caf", "é", "\n", " and"]
    drawn = [pieces[place] for place in random.integers(0, len(pieces), 20)]
    texts = [
        ([9.0, 10.0, 4.0, 5.0, 3.0, 2.0, 6.0], [*pieces[:6], "ing"]),
        ([7.0, 11.0, 1.0, 3.5], pieces[6:]),
        (random.uniform(1, 12, 20), drawn),
    ]
    given = [one_number(answer(np.array(bits), tokens), "The number of bits") for bits, tokens in texts]

    def gives_the_same(function):
        return np.allclose(given, [function(np.array(bits), tokens) for bits, tokens in texts], rtol=1e-4)

    for message, mistake in mistakes.items():
        if gives_the_same(mistake):
            raise Wrong(message)
    if not gives_the_same(bits_per_character):
        raise Wrong("All bits, divided by all characters.")


def gpt_weights(signs, width, blocks):
    attention = 4 * (width * width + width)
    dense = width * 4 * width + 4 * width + 4 * width * width + width
    norms = 2 * 2 * width
    return signs * width + blocks * (attention + dense + norms) + 2 * width + width * signs + signs


def _only_matrices(signs, width, blocks):
    return signs * width + blocks * 12 * width**2 + width * signs


def _without_norms(signs, width, blocks):
    return gpt_weights(signs, width, blocks) - blocks * 4 * width - 2 * width


def _without_last_norm(signs, width, blocks):
    return gpt_weights(signs, width, blocks) - 2 * width


def _shared_embedding(signs, width, blocks):
    return gpt_weights(signs, width, blocks) - signs * width


def _three_projections(signs, width, blocks):
    return gpt_weights(signs, width, blocks) - blocks * (width * width + width)


def _one_dense_bias(signs, width, blocks):
    return gpt_weights(signs, width, blocks) - blocks * width


def _layer_by_layer(signs, width, blocks):
    attention = 3 * (width + 1) * width + (width + 1) * width
    block = [2 * width, attention, 2 * width, (width + 1) * 4 * width, (4 * width + 1) * width]
    return signs * width + blocks * sum(block) + 2 * width + (width + 1) * signs


def test_gpt_weights(answer):
    mistakes = {
        "You counted the matrices only. Dense layers and projections have biases, and each normalization two vectors.": _only_matrices,
        "The normalizations are missing: a scale and a shift of the width each, two in a block and one after the last.": _without_norms,
        "One normalization is missing: the one after the last block.": _without_last_norm,
        "Embedding and logits are two tables here: signs x width going in, width x signs going out.": _shared_embedding,
        "Both dense layers of a block have biases: 4 x width of the first, width of the second.": _one_dense_bias,
        "Attention has four projections: queries, keys, values, and the one that mixes the heads.": _three_projections,
    }
    some_sizes = np.random.default_rng().integers(3, 60, 3).tolist()
    sizes = ((63, 64, 2), (10, 8, 3), (5, 4, 0), some_sizes)
    given = [one_number(answer(*size), "The number of weights") for size in sizes]
    for message, mistake in mistakes.items():
        if given == [mistake(*size) for size in sizes]:
            raise Wrong(message)
    for (signs, width, blocks), number in zip(sizes, given):
        expected = gpt_weights(signs, width, blocks)
        if number != expected:
            raise Wrong(
                f"For gpt({signs}, {width}, {blocks}, ...) you count {number:g} weights, not {expected}. "
                "Compare with summary(), layer by layer."
            )


FINDING = {"letters": 2.79, "tokens": 2.63}


def test_tokens_help(answer):
    letters, tokens = measured_numbers(answer, "letters", "tokens")
    quick = current_scale() == "quick"  # at the full scale nothing was measured: the bounds are wide there
    if tokens > (4 if quick else 6):
        raise Wrong(
            "This is bits per token. Add up all bits and divide by the characters of the tokens that were predicted."
        )
    if quick and abs(letters - 2.64) < 0.01:
        raise Wrong("`letters` is not the five-gram table's number: it is that of the GPT, which the table beats here.")
    if not (2 <= letters <= 3.2 if quick else 1.2 <= letters <= 4):
        raise Wrong("`letters` is bits_of(large, *windows(test, context)).mean(): bits, to the base 2, on The Tempest.")
    if tokens < (2 if quick else 1.2):
        raise Wrong(
            "So few bits are suspicious. Did you divide by too many characters, count in natural logarithms, or test on the training plays?"
        )
    if quick and tokens >= letters:
        raise Wrong(
            "No gain. Did you train with 2 * readings, and divide by the characters of the targets, not of the inputs?"
        )


PROGRAM = """
tokenizer, _ = library_tokenizer(plays.train, 256, alphabet)
model = gpt(256, width, blocks, places, heads=4)
train_codes = np.array(tokenizer.encode(plays.train).ids)
train_network(model, train_codes, *settings[f"GPT {width}"], 2 * readings)
encoded = tokenizer.encode(plays.test)
inputs, targets = windows(np.array(encoded.ids), context)
token_bits = bits_of(model, inputs, targets).ravel()
predicted = encoded.tokens[1 : len(token_bits) + 1]  # the first token is only read
answer = {
    "letters": bits_of(large, *windows(test, context)).mean(),
    "tokens": token_bits.sum() / len("".join(predicted)),
}
"""

EXERCISES = [
    Exercise(
        key="404-1",
        title="The size of a cache",
        minutes=5,
        test=test_cache_size,
        hints=(
            "Each place leaves a key and a value in each block. The heads share the width.",
            "3 blocks, 2 of a kind, 100 places, 64 numbers: multiply.",
        ),
        solution=38_400,
        wrong_answers={
            "keys only": 19_200,
            "one block": 12_800,
            "heads counted on top": 153_600,
            "one letter": 384,
            "scores": 30_000,
            "not a number": np.nan,
            "something else": 6_400,
        },
        explanation="3 x 2 x 100 x 64. A GRU of 163 units keeps 163 numbers, however long the text.",
    ),
    Exercise(
        key="404-2",
        title="Bits per character from tokens",
        minutes=10,
        test=test_bits_per_character,
        hints=(
            "All bits of the text, divided by all characters of the text.",
            "The number of characters is sum(len(token) for token in tokens).",
        ),
        solution=bits_per_character,
        wrong_answers={
            "per token": _per_token,
            "mean of ratios": _mean_of_ratios,
            "spaces left out": _without_spaces,
            "sum only": _sum,
            "each token once": _each_token_once,
            "bytes": _bytes,
            "letters alone": _letters_alone,
            "characters per bit": _characters_per_bit,
            "tokens counted twice": lambda token_bits, tokens: np.sum(token_bits) / (2 * len(tokens)),
        },
        also_right={
            "weighted mean": _weighted_mean,
            "of the joined text": lambda token_bits, tokens: sum(token_bits) / len("".join(tokens)),
        },
        explanation="The text is the same whatever the tokens are, so its characters are the common measure.",
    ),
    Exercise(
        key="404-3",
        title="The weights of a GPT",
        minutes=10,
        test=test_gpt_weights,
        hints=(
            "Embedding: signs x width. Logits: width x signs + signs. Last normalization: 2 x width.",
            "A block: attention 4 x (width x width + width), feed-forward 8 x width x width + 5 x width, two normalizations 4 x width.",
        ),
        solution=gpt_weights,
        wrong_answers={
            "matrices only": _only_matrices,
            "normalizations forgotten": _without_norms,
            "last normalization forgotten": _without_last_norm,
            "one table for both ends": _shared_embedding,
            "three projections": _three_projections,
            "one bias of the dense layers": _one_dense_bias,
            "block of 12 width": lambda signs, width, blocks: blocks * 12 * width,
        },
        also_right={
            "layer by layer": _layer_by_layer,
            "one formula": lambda signs, width, blocks: (
                blocks * (12 * width**2 + 13 * width) + 2 * signs * width + 2 * width + signs
            ),
        },
        explanation="12 x width squared in each block: twice the width is four times the block. The number of heads does not matter.",
    ),
    Exercise(
        key="404-4",
        title="The same GPT on tokens",
        minutes=15,
        test=test_tokens_help,
        hints=(
            "tokenizer, _ = library_tokenizer(plays.train, 256, alphabet); codes = np.array(tokenizer.encode(plays.train).ids); "
            'train_network(model, codes, *settings[f"GPT {width}"], 2 * readings).',
            "encoded = tokenizer.encode(plays.test); inputs, targets = windows(np.array(encoded.ids), context); "
            "token_bits = bits_of(model, inputs, targets).ravel(); the tokens predicted are encoded.tokens[1 : len(token_bits) + 1].",
        ),
        solution=FINDING,
        program=PROGRAM,
        wrong_answers={
            "a key is missing": {"tokens": 2.63},
            "bits per token": {"letters": 2.79, "tokens": 4.73},
            "the table's letters": {"letters": 2.64, "tokens": 2.5},
            "another model's letters": {"letters": 4.8, "tokens": 2.63},
            "natural logarithms": {"letters": 2.79, "tokens": 1.85},
            "one reading": {"letters": 2.79, "tokens": 2.9},
            "not a number": {"letters": 2.79, "tokens": np.nan},
        },
        explanation="At equal steps, that is: it read the text twice, reaches nearly twice as far back and has nearly a "
        "quarter more weights. What the tokens alone bring, this does not show. For equal text set readings = 2, run again "
        "from the cell that builds the networks, and compare.",
    ),
]
