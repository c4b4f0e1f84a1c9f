"""Lesson 403: the blocks and masks of a transformer, its loss and schedule, and what greedy and beam search write."""

import itertools

import numpy as np
import pytest
from notebook_functions import functions_of
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from course_utils.architectures import transformer
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("403")
END, GERMAN, FRENCH, LENGTH = 1, 2, 3, 14
COUNT, WIDTH = 12, 16  # eight words, codes 4 to 11
LESSON["decode"].__globals__.update(END=END, LENGTH=LENGTH)


def word_coder() -> Tokenizer:
    signs = ("[PAD]", "[END]", "[GERMAN]", "[FRENCH]")
    return Tokenizer(WordLevel({word: code for code, word in enumerate((*signs, *"abcdefgh"))}))


def random_model(**replaced) -> keras.Model:
    """A small translator with random weights; `replaced` puts other functions in the place of the page's."""
    namespace = LESSON["build_translator"].__globals__
    kept = {name: namespace[name] for name in replaced}
    namespace.update(replaced)
    try:
        model = LESSON["build_translator"](COUNT, WIDTH, 2)
    finally:
        namespace.update(kept)
    random = np.random.default_rng(0)
    scales = [
        2.0 if len(weight) == COUNT and weight.ndim == 2 else 0.4 for weight in model.get_weights()
    ]  # words count
    model.set_weights(
        [random.normal(scale=scale, size=weight.shape) for scale, weight in zip(scales, model.get_weights())]
    )
    return model


def some_pairs(count: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources and targets of 3 to 3 + count - 1 words, padded, and a start sign each."""
    random = np.random.default_rng(1)
    sources, targets = random.integers(4, COUNT, size=(2, count, LENGTH), dtype="int32")
    length = np.arange(3, 3 + count)[:, None]
    sources[np.arange(LENGTH) >= length], targets[np.arange(LENGTH) >= length + 1] = 0, 0
    targets[np.arange(LENGTH) == length] = END
    return sources, targets, np.where(np.arange(count) % 2, GERMAN, FRENCH)[:, None].astype("int32")


def predict_with(model: keras.Model):
    return lambda inputs: keras.ops.convert_to_numpy(model([np.array(codes) for codes in inputs]))


def with_the_same_weights(outputs: list, inputs: list) -> list[keras.Model]:
    models = [keras.Model(inputs, output) for output in outputs]
    random = np.random.default_rng(3)
    weights = [random.normal(scale=0.3, size=weight.shape) for weight in models[0].get_weights()]
    for model in models:
        model.set_weights(weights)
    return models


def test_blocks_of_the_page_are_those_of_the_package() -> None:
    random = np.random.default_rng(2)
    stream, memory = keras.Input((None, WIDTH)), keras.Input((None, WIDTH))
    seen = keras.Input((1, None), dtype="bool")
    written, read = random.normal(size=(3, 5, WIDTH)), random.normal(size=(3, 7, WIDTH))
    mask = (np.arange(7) < np.array([[7], [2], [4]]))[:, None]
    encoders = [
        LESSON["encoder_block"](stream, 4, seen, "page"),
        transformer.encoder_block(stream, 4, mask=seen, name="package"),
    ]
    decoders = [LESSON["decoder_block"](stream, memory, 4, seen, "page"),
                transformer.decoder_block(stream, memory, 4, memory_mask=seen, name="package")]  # fmt: skip
    page, package = with_the_same_weights(encoders, [stream, seen])
    np.testing.assert_allclose(page([read, mask]), package([read, mask]), atol=1e-5)
    page, package = with_the_same_weights(decoders, [stream, memory, seen])
    np.testing.assert_allclose(page([written, read, mask]), package([written, read, mask]), atol=1e-5)


def test_masks() -> None:
    mask = LESSON["padding_mask"](np.array([[5, 3, 0], [1, 0, 0]]))
    assert np.asarray(mask).tolist() == [[[True, True, False]], [[True, False, False]]]
    np.testing.assert_array_equal(mask, transformer.padding_mask(np.array([[5, 3, 0], [1, 0, 0]])))


def test_padding_changes_nothing_the_future_does_not_leak_and_the_source_matters() -> None:
    model, pairs = random_model(), some_pairs()
    padding, future, source = LESSON["three_tests"](predict_with(model), *pairs)
    assert padding < 1e-4 and future < 1e-4 and source > 1e-2
    sources, targets, starts = pairs
    for step in range(LENGTH):
        changed = targets.copy()
        changed[:, step:] = changed[:, step:] % (COUNT - 4) + 4
        before, after = (
            predict_with(model)([sources, transformer.shift_right(codes, starts)]) for codes in (targets, changed)
        )
        np.testing.assert_allclose(before[:, : step + 1], after[:, : step + 1], atol=1e-4)
        assert step == LENGTH - 1 or np.abs(before - after)[:, step + 1].max() > 1e-3


def without_mask(stream, heads, mask, name):
    return LESSON["feed_forward"](LESSON["attend"](stream, None, heads, f"{name}_attention"), name)


def decoder_without(part: str):
    def decoder_block(stream, memory, heads, memory_mask, name):
        causal = {} if part == "causal mask" else {"use_causal_mask": True}
        stream = LESSON["attend"](stream, None, heads, f"{name}_attention", **causal)
        if part != "cross-attention":
            seen = None if part == "cross mask" else memory_mask
            stream = LESSON["attend"](stream, memory, heads, f"{name}_cross", attention_mask=seen)
        return LESSON["feed_forward"](stream, name)

    return decoder_block


def test_the_three_tests_catch_each_broken_model() -> None:
    pairs, three_tests = some_pairs(), LESSON["three_tests"]
    assert three_tests(predict_with(random_model(encoder_block=without_mask)), *pairs)[0] > 1e-3
    assert three_tests(predict_with(random_model(decoder_block=decoder_without("cross mask"))), *pairs)[0] > 1e-2
    assert three_tests(predict_with(random_model(decoder_block=decoder_without("causal mask"))), *pairs)[1] > 1e-2
    model = random_model()
    assert three_tests(lambda inputs: predict_with(model)(inputs[::-1]), *pairs)[1] > 1e-2
    assert three_tests(lambda inputs: predict_with(model)([inputs[1], inputs[1]]), *pairs)[2] == 0


def test_heads_share_the_width() -> None:
    model = random_model()
    sources, targets, starts = some_pairs()
    for name in ("encoder_1_attention", "decoder_2_attention", "decoder_2_cross"):
        attention = model.get_layer(name)
        assert attention.get_weights()[0].shape == (WIDTH, 4, WIDTH // 4)
        assert attention.count_params() == 4 * WIDTH * (WIDTH + 1)
    scores = transformer.attention_scores(model, "decoder_1_cross")([sources, transformer.shift_right(targets, starts)])
    assert scores.shape == (6, 4, LENGTH, LENGTH)
    np.testing.assert_allclose(np.sum(scores, axis=-1), 1, rtol=1e-5)
    assert (np.mean(scores, axis=1).swapaxes(1, 2)[sources == 0] == 0).all()
    assert np.abs(scores[:, 0] - scores[:, 1]).max() > 1e-2, "the heads look at different places"


def test_loss_is_smoothed_and_leaves_padding_out() -> None:
    logits = np.random.default_rng(4).normal(size=(2, 3, 5)).astype("float32")
    codes = np.array([[2, 4, 0], [1, 0, 0]])
    log_shares = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    smooth = 0.9 * np.eye(5)[codes] + 0.02
    expected = -(smooth * log_shares).sum(axis=-1)[codes != 0].mean()
    assert float(LESSON["translation_loss"](codes, logits)) == pytest.approx(expected, rel=1e-5)
    logits[codes == 0] += 100 * np.arange(5)
    assert float(LESSON["translation_loss"](codes, logits)) == pytest.approx(expected, rel=1e-5)


def test_warm_up_is_the_formula_of_the_paper() -> None:
    rate = LESSON["WarmUp"](512, 4000)
    for step in (1, 100, 4000, 100_000):
        assert float(rate(step - 1)) == pytest.approx(512**-0.5 * min(step**-0.5, step * 4000**-1.5), rel=1e-4)
    without_climb = LESSON["WarmUp"](512, 4000, 4000)
    for step in (1, 100, 4000, 100_000):
        assert float(without_climb(step - 1)) == pytest.approx((512 * max(step, 4000)) ** -0.5, rel=1e-4)


def test_codes_and_texts() -> None:
    coder = word_coder()
    coder.pre_tokenizer = WhitespaceSplit()
    codes = LESSON["encode"](coder, ["c a", "h"], 5, [END])
    assert codes.tolist() == [[6, 4, END, 0, 0], [11, END, 0, 0, 0]] and codes.dtype == np.int32
    assert LESSON["encode"](coder, ["a b c"], 2).tolist() == [[4, 5]]
    assert LESSON["decode"](coder, codes) == ["c a", "h"]
    assert LESSON["decode"](coder, np.array([[6, END, 5, 5], [4, 5, 4, 5]])) == ["c", "a b a b"]
    with pytest.raises(Exception, match="UNK"):
        LESSON["encode"](coder, ["unknown"], 5)


def test_dictionary_and_bleu() -> None:
    meaning = LESSON["learn_dictionary"](["one two", "two three", "one three"], ["un deux", "deux trois", "trois un"])
    assert meaning == {"one": "un", "two": "deux", "three": "trois"}
    assert LESSON["score"](["a b c d", "e f g h"], ["a b c d", "e f g h"]) == (1, pytest.approx(100))
    exact, bleu = LESSON["score"](["a b c d", "h g f e"], ["a b c d", "e f g h"])
    assert exact == 0.5 and 10 < bleu < 80


def test_greedy_writes_what_the_model_predicts_after_it() -> None:
    model, (sources, _, starts) = random_model(), some_pairs()
    written = LESSON["greedy_decode"](model, sources, starts, LENGTH)
    assert written.shape == (6, LENGTH) and len(np.unique(written)) > 1
    again = predict_with(model)([sources, transformer.shift_right(written, starts)]).argmax(axis=-1)
    np.testing.assert_array_equal(again, written)
    other_language = LESSON["greedy_decode"](model, sources, GERMAN + FRENCH - starts, LENGTH)
    assert (other_language != written).any(), "the start sign changes the answer"


def test_a_beam_of_one_is_greedy_and_a_wide_one_is_never_less_likely() -> None:
    model, (sources, _, starts) = random_model(), some_pairs()
    greedy, search = LESSON["greedy_decode"](model, sources, starts, LENGTH), LESSON["beam_search"]
    for source, start, expected in zip(sources, starts[:, 0].tolist(), greedy):
        total, codes = search(model.predict_on_batch, source, start, 1, LENGTH, END)
        assert codes[0] == start and codes[1:] == tuple(expected[: len(codes) - 1])
        assert codes[-1] == END or len(codes) == LENGTH + 1
        assert search(model.predict_on_batch, source, start, 8, LENGTH, END)[0] >= total - 1e-4


def test_a_beam_as_wide_as_the_tree_finds_the_best_answer() -> None:
    random = np.random.default_rng(5)
    table = np.log(random.dirichlet(np.ones(4), size=(3, 4)))  # [step, word before, word]; word 0 is the start as well

    def search(beam, end):
        def predict(inputs):
            return np.stack([table[step][inputs[1][:, step]] for step in range(3)], axis=1)

        return LESSON["beam_search"](predict, [5, 6], 0, beam, 3, end)

    def probability(codes):
        return sum(table[step, before, code] for step, (before, code) in enumerate(itertools.pairwise((0, *codes))))

    complete = list(itertools.product(range(4), repeat=3))
    best = max(complete, key=probability)
    assert search(64, None)[1][1:] == best and search(64, None)[0] == pytest.approx(probability(best), rel=1e-5)
    ended = {codes[: codes.index(2) + 1] if 2 in codes else codes for codes in complete}
    best = max(ended, key=probability)
    assert search(64, 2)[1][1:] == best, "an answer that has ended is kept and grows no more"


def test_one_batch_in_two_languages_can_be_overfitted_and_needs_its_source() -> None:
    keras.utils.set_random_seed(0)
    sources = np.random.default_rng(6).integers(4, COUNT, size=(12, LENGTH), dtype="int32")
    sources[:, 3:] = 0
    forwards, backwards = (np.pad(order, ((0, 0), (0, LENGTH - 3))) for order in (sources[:, :3], sources[:, 2::-1]))
    targets = np.concatenate([forwards, backwards])
    targets[:, 3] = END
    starts = np.repeat([[GERMAN], [FRENCH]], 12, axis=0).astype("int32")
    sources = np.concatenate([sources, sources])
    model = LESSON["build_translator"](COUNT, 32, 1)
    model.compile(
        keras.optimizers.Adam(1e-2), loss=LESSON["translation_loss"], jit_compile=False, steps_per_execution=20
    )
    inputs, repeated = [sources, transformer.shift_right(targets, starts)], np.tile(np.arange(24), 100)
    model.fit([codes[repeated] for codes in inputs], targets[repeated], batch_size=24, shuffle=False, verbose=0)
    answers = LESSON["greedy_decode"](model, sources, starts, LENGTH)[:, :4]
    np.testing.assert_array_equal(answers, targets[:, :4])
    shuffled = LESSON["greedy_decode"](model, np.roll(sources, 1, axis=0), starts, LENGTH)[:, :4]
    assert (shuffled == targets[:, :4]).all(axis=1).mean() < 0.2
