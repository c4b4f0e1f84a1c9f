"""Lesson 409: scan and loop, the two forms of linear attention, numbers that count, the two layers, and models of equal weights."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
from keras import ops  # noqa: E402

from course_utils.datasets.recall import recall_task, switch_task  # noqa: E402
from course_utils.exercises import check  # noqa: E402
from course_utils.exercises.lesson_409 import combine  # noqa: E402

LESSON = functions_of("409")
KINDS = ("RNN", "LSTM", "attention", "linear attention", "state space")
LESSON["build"].__globals__.update(width=16, heads=2)
LESSON["count"].__globals__["random"] = np.random.default_rng(0)
loop, scan = LESSON["loop"], LESSON["scan"]


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 9, 100, 1000])
@pytest.mark.parametrize("shape", [(), (4,), (3, 2)])
def test_scan_equals_loop(length: int, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(length)
    decay, inputs = random.uniform(-1.1, 1.1, size=(2, length, *shape))
    before = decay.copy(), inputs.copy()
    np.testing.assert_allclose(scan(decay, inputs), loop(decay, inputs), rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal((decay, inputs), before)


def test_loop_is_the_recurrence() -> None:
    np.testing.assert_allclose(loop(np.array([9.0, 2, 3]), np.array([1.0, 10, 100])), [1, 12, 136])


def test_the_combination_of_the_exercise_makes_a_scan() -> None:
    decay, inputs = np.random.default_rng(0).normal(size=(2, 20, 3)).astype("float32")
    _, states = ops.associative_scan(combine, (ops.convert_to_tensor(decay), ops.convert_to_tensor(inputs)))
    np.testing.assert_allclose(states, loop(decay, inputs), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("length, width, values", [(1, 1, 1), (5, 3, 2), (33, 8, 8)])
def test_both_forms_of_linear_attention_agree_and_are_causal(length: int, width: int, values: int) -> None:
    random = np.random.default_rng(0)
    query, key, value = random.random((length, width)), random.random((length, width)), random.random((length, values))
    matrix, sums = LESSON["linear_attention_matrix"], LESSON["linear_attention_sums"]
    before = matrix(query, key, value)
    np.testing.assert_allclose(sums(query, key, value), before)
    np.testing.assert_allclose(before[0], value[0])
    for form in (matrix, sums, LESSON["softmax_attention"]):
        whole = form(query, key, value)
        for step in range(1, length):
            changed_key, changed_value = key.copy(), value.copy()
            changed_key[step:], changed_value[step:] = 3, -3
            after = form(query, changed_key, changed_value)
            np.testing.assert_allclose(after[:step], whole[:step])
            assert np.abs(after[step] - whole[step]).max() > 1e-3


def test_softmax_attention_equals_keras() -> None:
    query, key, value = np.random.default_rng(0).normal(size=(3, 1, 9, 4)).astype("float32")
    layer = keras.layers.Attention()
    expected = layer([query, value, key], use_causal_mask=True)
    np.testing.assert_allclose(LESSON["softmax_attention"](query[0], key[0], value[0]), expected[0], atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_sums_in_pairs(count: int) -> None:
    left, right = np.random.default_rng(count).normal(size=(4, count)), np.random.default_rng(9).normal(size=(count, 3))
    np.testing.assert_allclose(LESSON["total"](left), left.sum(axis=-1))
    np.testing.assert_allclose(LESSON["product"](left, right), left @ right)


def counted(values: list[float]) -> np.ndarray:
    return np.array([LESSON["Counted"](value) for value in values], dtype=object)


def test_numbers_count_and_know_their_depth() -> None:
    number = LESSON["Counted"]
    number.multiplications = 0
    one, two = number(2.0), number(3.0)
    product = one * two
    assert (product.value, product.depth, number.multiplications) == (6, 1, 1)
    result = np.exp(counted([0.0]))[0] + product * (one + 1) / 2
    assert (result.value, result.depth, number.multiplications) == (10, 4, 3)
    assert (3 * one).value == 6 and (1 + one).depth == 1 and number.multiplications == 4
    assert LESSON["total"](counted(range(8))[None])[0].depth == 3 and counted(range(8)).sum().depth == 7
    assert np.tanh(counted([0.5]))[0].value == np.tanh(0.5)


@pytest.mark.parametrize("length", [2, 8, 32])
@pytest.mark.parametrize("width", [1, 4, 8])
def test_counts_follow_the_formulas(length: int, width: int) -> None:
    count = LESSON["count"]
    rounds, sum_rounds = int(np.log2(length)), int(np.log2(width))
    assert count(loop, length, width, 2) == ((length - 1) * width, 2 * (length - 1))
    assert count(LESSON["rnn"], length, width, 1, 1) == (
        (length - 1) * width**2,
        1 + (length - 1) * (sum_rounds + 3),
    )
    multiplications = 2 * width * (length * rounds - length + 1)
    assert count(scan, length, width, 2) == (multiplications, 2 * rounds)
    multiplications, chain = count(LESSON["softmax_attention"], length, width, 3)
    assert (multiplications, chain) == (2 * length**2 * width + length * width, 4 + sum_rounds + rounds)
    multiplications, chain = count(LESSON["linear_attention_sums"], length, width, 3)
    assert multiplications == 2 * length * width**2 + 2 * length * width
    assert length <= chain <= length + sum_rounds + 3


@pytest.fixture(params=["linear attention", "state space"])
def model(request) -> keras.Model:
    """One mixing layer with random weights: (n, 20, 8) -> (n, 20, 8)."""
    inputs = keras.Input((20, 8))
    outputs = (
        LESSON["linear_attention"](inputs, 2) if request.param == "linear attention" else LESSON["StateSpace"]()(inputs)
    )
    model, random = keras.Model(inputs, outputs), np.random.default_rng(0)
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def test_layers_are_causal_and_keep_the_shape(model: keras.Model) -> None:
    inputs = np.random.default_rng(1).normal(size=(3, 20, 8)).astype("float32")
    before = ops.convert_to_numpy(model(inputs))
    assert before.shape == inputs.shape
    for step in (1, 7, 19):
        changed = inputs.copy()
        changed[:, step:] += 1
        after = ops.convert_to_numpy(model(changed))
        np.testing.assert_allclose(after[:, :step], before[:, :step], atol=1e-4)
        assert np.abs(after[:, step:] - before[:, step:]).max() > 1e-2
    changed = inputs.copy()
    changed[:, 0] += 1
    assert np.abs(ops.convert_to_numpy(model(changed)) - before)[:, -1].max() > 1e-4  # the first step reaches the last


def test_layers_are_saved_and_loaded(model: keras.Model, tmp_path) -> None:
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    values = np.random.default_rng(1).normal(size=(3, 20, 8)).astype("float32")
    np.testing.assert_allclose(loaded(values), model(values), atol=1e-6)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_linear_attention_equals_numpy_head_by_head(heads: int) -> None:
    inputs = keras.Input((12, 8))
    model = keras.Model(inputs, LESSON["linear_attention"](inputs, heads))
    random = np.random.default_rng(0)
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    values = random.normal(size=(12, 8)).astype("float32")
    query, key, value = (ops.convert_to_numpy(model.get_layer(name)(values)) for name in ("query", "key", "value"))
    query, key = (np.where(array > 0, array + 1, np.exp(array)) for array in (query, key))
    parts = zip(*(np.split(array, heads, axis=-1) for array in (query, key, value)))
    mean = np.concatenate([LESSON["linear_attention_matrix"](*part) for part in parts], axis=-1)
    np.testing.assert_allclose(model(values[None])[0], model.get_layer("output")(mean), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("length", [1, 2, 17])
def test_state_space_equals_the_loop(length: int) -> None:
    inputs = keras.Input((length, 8))
    layer, random = LESSON["StateSpace"](), np.random.default_rng(0)
    model = keras.Model(inputs, layer(inputs))
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    values = random.normal(size=(length, 8)).astype("float32")
    decay = 1 / (1 + np.exp(-ops.convert_to_numpy(layer.decay_logit)))
    states = loop(np.tile(decay, (length, 1)), np.sqrt(1 - decay**2) * ops.convert_to_numpy(layer.read(values)))
    np.testing.assert_allclose(model(values[None])[0], layer.write(states), rtol=1e-3, atol=1e-3)


def test_a_fresh_state_space_layer_remembers_from_one_step_to_a_thousand() -> None:
    layer = LESSON["StateSpace"]()
    layer.build((None, 20, 8))
    decay = 1 / (1 + np.exp(-ops.convert_to_numpy(layer.decay_logit)))
    np.testing.assert_allclose(decay[[0, -1]], np.exp([-1, -1 / 1000]), rtol=1e-4)
    assert (np.diff(decay) > 0).all()


@pytest.mark.parametrize("width", [32, 64, 128])
def test_weights_are_equal(width: int, monkeypatch) -> None:
    monkeypatch.setitem(LESSON["build"].__globals__, "width", width)
    counts = [LESSON["build"](kind, 8).count_params() for kind in KINDS]
    assert max(counts) < 1.05 * min(counts)


@pytest.mark.parametrize("kind", KINDS)
def test_models_do_not_see_the_future(kind: str) -> None:
    keras.utils.set_random_seed(0)
    model = LESSON["build"](kind, 10)
    steps, _ = recall_task(4, 10, [4], seed=0)
    before = ops.convert_to_numpy(model(steps))
    assert before.shape == (4, 10, 11)
    changed = steps.copy()
    changed[:, 6:] = 1 - changed[:, 6:]
    after = ops.convert_to_numpy(model(changed))
    np.testing.assert_allclose(after[:, :6], before[:, :6], atol=1e-5)
    assert np.abs(after[:, 6:] - before[:, 6:]).max() > 1e-3


def test_recall_asks_only_for_what_was_shown() -> None:
    steps, answers = recall_task(200, 24, [2, 4, 8, 16], seed=0)
    keys, values = steps[..., :16].argmax(axis=-1), steps[..., 16:25].argmax(axis=-1)
    assert (steps.sum(axis=-1) == 2).all() and (steps[..., 25] == 0).all()
    pairs = (values > 0).sum(axis=1)
    assert set(pairs) == {2, 4, 8, 16}
    for example in range(200):
        count = pairs[example]
        assert (values[example, :count] > 0).all() and (values[example, count:] == 0).all()
        assert len(set(keys[example, :count])) == count
        known = dict(zip(keys[example, :count], values[example, :count]))
        assert (answers[example, :count] == 0).all()
        assert answers[example, count:].tolist() == [known[key] for key in keys[example, count:]]


def test_recall_names_impossible_pairs() -> None:
    for pairs in ([], [0], [4, 17]):
        with pytest.raises(ValueError, match="from 1 to 16"):
            recall_task(2, 24, pairs, seed=0)


def test_switch_counts_presses() -> None:
    steps, answers = switch_task(50, 24, seed=0)
    assert (steps[..., :25] == 0).all() and set(np.unique(steps)) == {0, 1}
    light = 0
    for step in range(24):
        light = (light + steps[7, step, 25]) % 2
        assert answers[7, step] == 9 + light


@pytest.mark.parametrize("four, one", [(0.50, 0.90), (0.52, 0.997), (0.58, 0.73)])
def test_findings_of_other_seeds_are_right(four: float, one: float, said) -> None:
    assert said({"four heads": four, "one head": one}).startswith("Exercise 409-3: right!")


def test_at_the_full_scale_both_numbers_of_heads_may_keep_all_pairs(said, monkeypatch) -> None:
    finding = {"four heads": 1.0, "one head": 1.0}
    assert "last column" in said(finding)
    monkeypatch.setenv("COURSE_SCALE", "full")
    assert said(finding).startswith("Exercise 409-3: right!")


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """What `check` prints for an answer to 409-3, with the progress in a folder of the test."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    return lambda answer: (check("409-3", answer), capsys.readouterr().out)[1]
