"""Lesson 407: patches, the class token, what a vision transformer can and cannot see, and what the page counts."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.transformer import attention_scores  # noqa: E402

LESSON = functions_of("407")
patches, images_from = LESSON["patches"], LESSON["images_from"]


def some_images(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=shape).astype("float32")


def random_transformer(positions: bool = True, seed: int = 0) -> keras.Model:
    """A small model whose weights, positions and class token among them, are far from their small start."""
    keras.utils.set_random_seed(seed)
    model = LESSON["vision_transformer"]((12, 8, 2), 5, size=4, width=8, blocks=2, positions=positions)
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def logits(model: keras.Model, images: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(images))


@pytest.mark.parametrize(
    "shape, size", [((4, 4, 1), 2), ((28, 28, 1), 7), ((32, 32, 3), 4), ((12, 8, 2), 4), ((6, 6, 3), 1)]
)
def test_patches_hold_every_pixel_once_and_go_back(shape: tuple[int, int, int], size: int) -> None:
    images = np.arange(2 * np.prod(shape)).reshape(2, *shape)
    pieces = patches(images, size)
    assert pieces.shape == (2, shape[0] // size * (shape[1] // size), size * size * shape[2])
    assert sorted(pieces.ravel()) == sorted(images.ravel())
    np.testing.assert_array_equal(images_from(pieces, size, shape), images)


def test_each_patch_is_a_square_of_the_image() -> None:
    images = some_images(3, 12, 8, 2)
    pieces = patches(images, 4)
    for row in range(3):
        for column in range(2):
            square = images[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
            np.testing.assert_array_equal(pieces[:, 2 * row + column], square.reshape(3, -1))


@pytest.mark.parametrize("shape", [(1, 28, 30, 1), (1, 30, 28, 1)])
def test_a_size_that_does_not_divide_is_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"7 x 7 pixels do not fill images of {shape[1]} x {shape[2]}"):
        patches(np.zeros(shape), 7)


@pytest.mark.parametrize("size, channels", [(7, 1), (4, 3)])
def test_the_patch_embedding_is_a_dense_layer_on_flat_patches(size: int, channels: int) -> None:
    images = some_images(2, 28, 28, channels)
    model = LESSON["vision_transformer"]((28, 28, channels), 10, size, width=8, blocks=1)
    kernel, bias = model.get_layer("patch_embedding").get_weights()
    tokens = keras.ops.convert_to_numpy(keras.Model(model.input, model.get_layer("tokens").output)(images))
    np.testing.assert_allclose(tokens, patches(images, size) @ kernel.reshape(-1, 8) + bias, atol=1e-5)


def test_the_class_token_stands_in_front_and_learns() -> None:
    layer = LESSON["ClassToken"](name="class_token")
    tokens = keras.ops.convert_to_tensor(some_images(4, 6, 3))
    outputs = keras.ops.convert_to_numpy(layer(tokens))
    assert outputs.shape == (4, 7, 3)
    np.testing.assert_array_equal(outputs[:, 1:], tokens)
    np.testing.assert_array_equal(outputs[:, 0], np.repeat(layer.get_weights()[0][0], 4, axis=0))
    assert layer.count_params() == 3 and len(layer.trainable_weights) == 1


def test_every_weight_of_the_transformer_learns_the_token_and_the_positions_too() -> None:
    model = random_transformer()
    before = model.get_weights()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss=loss, jit_compile=False)
    model.train_on_batch(some_images(16, 12, 8, 2), np.arange(16) % 5)
    moved = {variable.path: np.abs(variable.numpy() - old).max() for variable, old in zip(model.weights, before)}
    silent = {path for path, change in moved.items() if change < 1e-7}
    assert all(path.endswith("key/bias") for path in silent), (
        silent
    )  # softmax does not see a constant added to all scores


def test_the_answer_is_read_from_the_class_token() -> None:
    model = random_transformer()
    images = some_images(3, 12, 8, 2)
    stream = keras.ops.convert_to_numpy(keras.Model(model.input, model.get_layer("last_norm").output)(images))
    kernel, bias = model.get_layer("classes").get_weights()
    assert stream.shape == (3, 7, 8)
    np.testing.assert_allclose(logits(model, images), stream[:, 0] @ kernel + bias, atol=1e-5)


def test_without_positions_the_order_of_the_patches_is_not_seen_with_them_it_is() -> None:
    images = some_images(5, 12, 8, 2)
    moved = images_from(patches(images, 4)[:, [3, 0, 5, 1, 4, 2]], 4, (12, 8, 2))
    blind, seeing = random_transformer(positions=False), random_transformer()
    np.testing.assert_allclose(logits(blind, moved), logits(blind, images), atol=1e-5)
    assert (np.abs(logits(seeing, moved) - logits(seeing, images)).max(axis=1) > 1e-3).all()
    inside = images_from(patches(images, 4)[:, :, ::-1], 4, (12, 8, 2))
    assert (np.abs(logits(blind, inside) - logits(blind, images)).max(axis=1) > 1e-3).all()


def test_weights_that_move_along_undo_a_fixed_scramble() -> None:
    random = np.random.default_rng(1)
    patch_order, pixel_order = random.permutation(6), random.permutation(32)
    images, model = some_images(5, 12, 8, 2), random_transformer()
    scrambled = LESSON["scramble"](images, 4, patch_order, pixel_order)
    assert not np.allclose(scrambled, images)
    expected = logits(model, images)
    assert np.abs(logits(model, scrambled) - expected).max() > 1e-2
    own_weights = model.get_weights()
    LESSON["move_weights"](model, patch_order, pixel_order)
    np.testing.assert_allclose(logits(model, scrambled), expected, atol=1e-4)
    LESSON["move_weights"](model, np.argsort(patch_order), np.argsort(pixel_order))
    assert all(np.array_equal(own, back) for own, back in zip(own_weights, model.get_weights()))


def test_every_patch_reaches_the_answer_through_the_attention() -> None:
    model, images = random_transformer(), some_images(4, 12, 8, 2)
    scores = keras.ops.convert_to_numpy(attention_scores(model, "encoder_2_attention")(images))
    assert scores.shape == (4, 4, 7, 7)
    np.testing.assert_allclose(scores.sum(axis=-1), 1, atol=1e-5)
    before = logits(model, images)
    for place in range(6):
        pieces = patches(images, 4)
        pieces[:, place] = 1 - pieces[:, place]
        assert (np.abs(logits(model, images_from(pieces, 4, (12, 8, 2))) - before).max(axis=1) > 1e-4).all()


def test_a_saved_model_gives_the_same_answers(tmp_path) -> None:
    model, images = random_transformer(), some_images(3, 12, 8, 2)
    model.save(tmp_path / "transformer.keras")
    loaded = keras.models.load_model(tmp_path / "transformer.keras")
    np.testing.assert_allclose(logits(loaded, images), logits(model, images), atol=1e-6)
    assert type(loaded.get_layer("class_token")).__name__ == "ClassToken"


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="4 heads cannot share a width of 10"):
        LESSON["vision_transformer"]((8, 8, 1), 3, 4, width=10, blocks=1)


def test_shifted_images_are_windows_of_the_padded_image() -> None:
    images = np.arange(1, 2 * 25 + 1, dtype="float32").reshape(2, 5, 5, 1)
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    seen = set()
    for seed in range(60):
        places = []
        moved = LESSON["shifted"](images, np.random.default_rng(seed), most=1)
        assert moved.shape == images.shape and moved.dtype == images.dtype
        for number in range(2):
            windows = {
                (down, right): padded[number, down : down + 5, right : right + 5]
                for down in range(3)
                for right in range(3)
            }
            found = [place for place, window in windows.items() if np.array_equal(window, moved[number])]
            assert len(found) == 1
            places += found
        seen.add(tuple(places))
    first, second = (set(move) for move in zip(*seen))
    assert len(first) == len(second) == 9 and len(seen) > 20  # each of the nine moves, for each image on its own
    np.testing.assert_array_equal(LESSON["shifted"](images, np.random.default_rng(0), most=0), images)


def test_the_bill_of_the_page_is_that_of_its_models() -> None:
    """The page counts on paper; here each layer is asked for its own shapes."""
    model = LESSON["vision_transformer"]((28, 28, 1), 10, 7, 48, 2)
    cnn = LESSON["small_cnn"]((28, 28, 1), 10, ((16, 2), (28, 2), (44, 1), (62, 2)))
    total = {}
    for some in (model, cnn):
        counted = [layer for layer in some.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
        total[some.name] = sum(np.prod(layer.output.shape[1:-1]) * np.prod(layer.kernel.shape) for layer in counted)
    attention = [layer for layer in model.layers if isinstance(layer, keras.layers.MultiHeadAttention)]
    assert [layer.output[0].shape for layer in attention] == [(None, 17, 48)] * 2
    total["vision_transformer"] += 2 * (17 * 4 * 48**2 + 2 * 17**2 * 48)
    assert total["vision_transformer"] == 784 * 48 + 2 * 17 * 8 * 48**2 + 480 + 2 * 2 * 17**2 * 48
    assert total["cnn"] == 196 * 9 * 16 + 49 * 9 * (16 * 28 + 28 * 44) + 16 * 9 * 44 * 62 + 620


def test_one_batch_can_be_overfitted_and_a_new_start_is_the_old_one() -> None:
    keras.utils.set_random_seed(0)
    images, labels = some_images(16, 12, 8, 2), np.arange(16) % 5
    LESSON["ready"].__globals__.update(batch_size=16)
    model = LESSON["vision_transformer"]((12, 8, 2), 5, size=4, width=16, blocks=1)
    LESSON["ready"](model, 1e-2, 100)
    losses = []
    for _ in range(2):
        LESSON["train"](model, images, labels)
        losses.append(model.evaluate(images, labels, verbose=0))
    assert losses[0][1] == 1.0
    assert losses[0] == losses[1]
