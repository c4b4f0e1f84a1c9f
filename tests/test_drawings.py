"""Drawings by their content: a box for each layer, the shapes, arcs where something skips, and no box on another."""

import importlib

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers
from matplotlib.text import Text

from course_utils.viz import draw_block, draw_game, draw_mask, draw_network, draw_recurrence, use_course_style
from course_utils.viz.drawings.graph import read_model
from course_utils.viz.drawings.layer_words import by_x
from course_utils.viz.drawings.shapes import BAR

ALT = "A small drawing made by a test"


@pytest.fixture
def drawn(monkeypatch):
    """The figures that would reach the page."""
    figures = []
    for module in ("network", "ideas"):
        target = importlib.import_module(f"course_utils.viz.drawings.{module}")
        monkeypatch.setattr(target, "show", lambda figure, alt: figures.append(figure))
    yield figures
    plt.close("all")


def marks(figure, gid):
    return [patch for patch in figure.axes[0].patches if patch.get_gid() == gid]


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def lenet():
    sizes = [layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D()]
    sizes += [layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    sizes += [layers.Dense(units, activation="relu") for units in (120, 84)]
    return keras.Sequential([layers.Input((28, 28, 1)), *sizes, layers.Dense(10, activation="softmax")])


def residual_block():
    inputs = keras.Input((8, 8, 4))
    inside = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(inputs))
    inside = layers.Conv2D(4, 3, padding="same")(layers.ReLU()(inside))
    return keras.Model(inputs, layers.Add()([inside, inputs]))


def u_net():
    image = keras.Input((16, 16, 1))
    kept, stream = [], image
    for width in (4, 8):
        stream = layers.Conv2D(width, 3, padding="same", activation="relu")(stream)
        kept.append(stream)
        stream = layers.MaxPooling2D()(stream)
    stream = layers.Conv2D(16, 3, padding="same", activation="relu")(stream)
    for width in (8, 4):
        stream = layers.Conv2DTranspose(width, 2, strides=2)(stream)
        stream = layers.Concatenate()([kept.pop(), stream])
    return keras.Model(image, layers.Conv2D(3, 1)(stream))


def conditional_generator():
    noise, digit = keras.Input((16,), name="noise"), keras.Input((), dtype="int32", name="digit")
    joined = layers.Concatenate()([noise, layers.Embedding(10, 4)(digit)])
    return keras.Model([noise, digit], layers.Reshape((7, 7, 1))(layers.Dense(49, activation="tanh")(joined)))


def encoder_and_decoder():
    source, target = keras.Input((12,), name="source"), keras.Input((10,), name="target")
    state = layers.GRU(8)(layers.Embedding(20, 4, mask_zero=True)(source))
    states = layers.GRU(8, return_sequences=True)(layers.Embedding(20, 4)(target), initial_state=state)
    return keras.Model([source, target], layers.Dense(20)(states))


def transformer(blocks=1):
    tokens = keras.Input((12,), name="tokens")
    stream = layers.Embedding(20, 8)(tokens)
    for _ in range(blocks):
        normal = layers.LayerNormalization()(stream)
        stream = stream + layers.MultiHeadAttention(2, 4)(normal, normal, use_causal_mask=True)
        normal = layers.LayerNormalization()(stream)
        stream = stream + layers.Dense(8)(layers.Dense(32, activation="gelu")(normal))
    return keras.Model(tokens, layers.Dense(20)(stream))


def test_lenet_box_by_box(drawn):
    draw_network(lenet(), alt=ALT)
    assert len(marks(drawn[0], "box")) == 9  # the input too
    assert len(marks(drawn[0], "arrow")) == 8 and not marks(drawn[0], "skip")
    found = texts(drawn[0])
    for shape in ("28 x 28 x 1", "28 x 28 x 6", "14 x 14 x 6", "10 x 10 x 16", "5 x 5 x 16", "400", "120", "84", "10"):
        assert shape in found
    assert {"156 weights", "2,416 weights", "48,120 weights", "61,706 weights in all"} <= set(found)
    assert {"convolution", "5 x 5, ReLU", "max pooling", "2 x 2", "flatten", "dense 120, ReLU"} <= set(found)


@pytest.mark.parametrize(
    ("build", "skips", "boxes"),
    [(residual_block, 1, 6), (u_net, 2, 11), (transformer, 2, 10), (conditional_generator, 0, 6)],
)
def test_skip_connections_are_arcs(drawn, build, skips, boxes):
    draw_network(build(), alt=ALT)
    assert len(marks(drawn[0], "skip")) == skips
    assert len(marks(drawn[0], "box")) == boxes


def test_every_input_has_its_name_and_masks_are_left_out(drawn):
    draw_network(encoder_and_decoder(), alt=ALT)
    found = texts(drawn[0])
    assert "input: source" in found and "input: target" in found
    assert found.count("GRU 8") == 2 and "1 number" not in found
    assert len(marks(drawn[0], "box")) == 7 and not any("equal" in text for text in found)


def test_a_shared_layer_says_so(drawn):
    left, right, shared = keras.Input((4,), name="left"), keras.Input((4,), name="right"), layers.Dense(3)
    draw_network(keras.Model([left, right], layers.Subtract()([shared(left), shared(right)])), alt=ALT)
    assert {"15 weights", "shared weights", "15 weights in all"} <= set(texts(drawn[0]))


def test_several_outputs_keep_their_names(drawn):
    inputs = keras.Input((4,))
    draw_network(keras.Model(inputs, [layers.Dense(2, name="place")(inputs), layers.Dense(5)(inputs)]), alt=ALT)
    assert "place: dense 2" in texts(drawn[0]) and "dense 5" in texts(drawn[0])


def words(layer, shape):
    """The name of a layer as drawn, in one line."""
    return read_model(keras.Sequential([layers.Input(shape), layer]))[-1].name


def test_plain_names():
    assert words(layers.Conv1D(3, 5, strides=2, activation="relu"), (9, 2)) == "convolution 5, stride 2, ReLU"
    assert words(layers.Conv1D(3, 2, dilation_rate=4), (9, 2)) == "convolution 2, dilation 4"
    assert words(layers.Conv2DTranspose(3, 4, strides=2), (9, 9, 2)) == "transposed convolution 4 x 4, stride 2"
    assert words(layers.MaxPooling2D(3, strides=1), (9, 9, 2)) == "max pooling 3 x 3"
    assert words(layers.MaxPooling2D(3, strides=2), (9, 9, 2)) == "max pooling 3 x 3, stride 2"
    assert words(layers.UpSampling2D(2), (9, 9, 2)) == "upsampling 2 x 2"
    assert words(layers.Bidirectional(layers.LSTM(7)), (9, 2)) == "LSTM 7, both directions"
    assert words(layers.TimeDistributed(layers.Dense(7)), (9, 2)) == "dense 7 at each step"
    assert words(layers.GlobalAveragePooling2D(), (9, 9, 2)) == "global average pooling"
    assert words(layers.UnitNormalization(), (9,)) == "unit normalization"
    assert words(layers.Embedding(9, 16), (9,)) == "embedding 16"
    assert words(layers.Softmax(), (9,)) == "softmax"
    assert words(keras.Sequential([layers.Input((9,)), layers.Dense(2)], name="small_one"), (9,)) == "small one"


def test_shapes_in_words():
    assert by_x((28, 28, 6)) == "28 x 28 x 6" and by_x((10,)) == "10"
    assert by_x(()) == "1 number" and by_x((None,)) == "any length" and by_x((None, 16)) == "any x 16"


def test_attention_says_who_looks_at_whom():
    names = [box.name for box in read_model(transformer())]
    assert "causal self-attention, 2 heads" in names
    queries, memory = keras.Input((5, 8)), keras.Input((7, 8))
    crossed = keras.Model([queries, memory], layers.MultiHeadAttention(1, 8)(queries, memory))
    assert read_model(crossed)[-1].name == "cross-attention, 1 head"


@pytest.mark.parametrize(
    "build",
    [lenet, residual_block, u_net, conditional_generator, encoder_and_decoder, transformer, lambda: transformer(4)],
)
def test_no_box_covers_another_and_all_lie_on_the_page(drawn, build):
    draw_network(build(), alt=ALT)
    width, height = drawn[0].get_size_inches()
    assert width <= 9
    corners = [
        (patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()) for patch in marks(drawn[0], "box")
    ]
    for place, (x, y, wide, high) in enumerate(corners):
        assert 0 <= x and x + wide <= width and 0 <= y and y + high <= height
        for other_x, other_y, other_wide, other_high in corners[place + 1 :]:
            apart = x + wide <= other_x + 1e-6 or other_x + other_wide <= x + 1e-6
            assert apart or y + high <= other_y + 1e-6 or other_y + other_high <= y + 1e-6
    assert min(text.get_fontsize() for text in drawn[0].findobj(Text) if text.get_text()) >= 8


def wide_names():
    inside = [layers.Dense(256, activation="relu"), layers.Dense(128, activation="relu"), layers.Dense(8)]
    return keras.Sequential([keras.Input((26,)), *inside])


@pytest.mark.parametrize("build", [wide_names, lenet, u_net, conditional_generator, encoder_and_decoder, transformer])
def test_words_touch_neither_the_bar_nor_the_edge_of_their_box(drawn, build):
    use_course_style()  # words are as wide as on the pages
    draw_network(build(), alt=ALT)
    axis = drawn[0].axes[0]
    inches = axis.transData.inverted()
    spans = [(patch.get_x() + BAR, patch.get_x() + patch.get_width(), patch) for patch in marks(drawn[0], "box")]
    for text in axis.texts:
        (x, y), (end, _) = inches.transform(text.get_window_extent())
        for left, right, patch in spans:
            if left < (x + end) / 2 < right and patch.get_y() < y < patch.get_y() + patch.get_height():
                assert left + 0.03 < x and end < right - 0.03, text.get_text()


def test_a_drawing_of_a_network_needs_a_built_model():
    class Written(keras.Model):
        def call(self, inputs):
            return inputs

    for model in (keras.Sequential([layers.Dense(2)]), Written(), "model"):
        with pytest.raises(ValueError, match="must be a built Sequential or functional"):
            draw_network(model, alt=ALT)
    with pytest.raises(ValueError, match="boxes_a_row must be from 3 to 6, not 9"):
        draw_network(lenet(), alt=ALT, boxes_a_row=9)


def test_recurrence(drawn):
    draw_recurrence(alt=ALT, steps=3)
    draw_recurrence(alt=ALT, steps=2, input_name="letter", state_name="state", output_name="next")
    assert len(marks(drawn[0], "box")) == 2 + 1 + 2 * 3  # the loop, the first state, three steps
    assert len(marks(drawn[0], "recurrent kernel")) == len(marks(drawn[0], "kernel")) == 4
    assert not marks(drawn[0], "dense") and len(marks(drawn[1], "dense")) == 3
    assert {"h$_0$", "x$_3$"} <= set(texts(drawn[0])) and "next$_2$" in texts(drawn[1])
    with pytest.raises(ValueError, match="steps must be from 2 to 5, not 1"):
        draw_recurrence(alt=ALT, steps=1)
    with pytest.raises(ValueError, match="wider than the page"):
        draw_recurrence(alt=ALT, steps=5, state_name="the state after reading")


def test_game(drawn):
    draw_game(alt=ALT, noise="64 numbers", fake="fake digit", real="real digit")
    found = texts(drawn[0])
    assert {"64 numbers", "fake digit", "real digit", "generator", "discriminator"} <= set(found)
    assert len(marks(drawn[0], "error")) == 2 and len(marks(drawn[0], "arrow")) == 5
    assert any("fake digit called real, a real digit called fake" in text for text in found)


@pytest.mark.parametrize(("normalize", "second"), [("before", "layer\nnorm"), ("after", "causal\nattention")])
def test_block(drawn, normalize, second):
    draw_block(alt=ALT, causal=True, normalize=normalize)
    found = texts(drawn[0])
    assert found[1] == second and found.count("layer\nnorm") == found.count("+") == 2
    assert len(marks(drawn[0], "skip")) == 2
    with pytest.raises(ValueError, match="'before' or 'after', not 'first'"):
        draw_block(alt=ALT, normalize="first")


def test_mask(drawn):
    mask = np.tril(np.ones((3, 4), dtype=bool))
    draw_mask(mask, rows=["he", "is", "here"], columns="abcd", alt=ALT)
    assert len(marks(drawn[0], "allowed")) == mask.sum() and len(marks(drawn[0], "forbidden")) == (~mask).sum()
    assert {"he", "is", "here", "a", "d"} <= set(texts(drawn[0]))
    top_row = max(patch.get_y() for patch in marks(drawn[0], "allowed"))
    assert [patch.get_y() for patch in marks(drawn[0], "allowed")].count(top_row) == 1
    with pytest.raises(ValueError, match="must be boolean"):
        draw_mask(mask.astype(int), rows="abc", columns="abcd", alt=ALT)
    with pytest.raises(ValueError, match=r"shape \(3, 4\), but there are 4 rows"):
        draw_mask(mask, rows="abcd", columns="abcd", alt=ALT)
    with pytest.raises(ValueError, match="1 to 40"):
        draw_mask(np.ones((1, 41), dtype=bool), rows="a", columns=range(41), alt=ALT)


@pytest.mark.parametrize("draw", [draw_recurrence, draw_game, draw_block])
def test_a_drawing_without_a_text_is_refused(draw):
    with pytest.raises(ValueError, match="alt must say"):
        draw(alt="drawing")
