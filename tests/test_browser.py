"""The page that reads drawn digits: its files, its code in Node, and, where there is a Chromium, the page itself."""

import base64
import gzip
import hashlib
import io
import os
import re
import tarfile

import numpy as np
import pytest
from chromium import Chromium, find_chromium

from course_utils.browser import (
    learners_folder,
    prepare_in_node,
    read_in_node,
    save_page,
    short_path,
    show_page,
    vendor,
)
from course_utils.browser import page as page_module
from course_utils.browser.drawings import DIGITS, line, moved
from course_utils.browser.node import find_node
from course_utils.browser.picture import view_of
from course_utils.datasets import load_digits
from course_utils.environment import import_quietly

needs_node = pytest.mark.skipif(find_node() is None, reason="no Node here: `make ship` installs it")
needs_chromium = pytest.mark.skipif(
    find_chromium() is None, reason="no Chromium or Chrome on this machine; Node has run the same files"
)
SIDE = np.arange(28)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A network trained on digits, what it answers to all test digits with its feature maps, and its ONNX file."""
    import_quietly()
    import keras

    from course_utils.architectures.lenet import trained_small_lenet
    from course_utils.shipping import quiet

    keras.utils.set_random_seed(1)
    digits = load_digits()
    network = trained_small_lenet(digits.train, epochs=4)
    maps = [layer.output for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    both = keras.Model(network.inputs, [*network.outputs, *maps])
    answers = both.predict(digits.test.inputs, verbose=0)
    place = tmp_path_factory.mktemp("model") / "digits.onnx"
    with quiet():
        both.export(place, format="onnx")
    return digits.test, answers, place


# The vendored files


def test_the_card_says_what_is_there():
    card = vendor.read_card()
    folder = vendor.HERE / "onnxruntime"
    assert {file["name"] for file in card["file"]} | {"LICENSE"} == {path.name for path in folder.iterdir()}
    for file in card["file"]:
        content = (folder / file["name"]).read_bytes()
        assert len(content) == file["bytes"] and hashlib.sha256(content).hexdigest() == file["sha256"]
    assert sum(file["bytes"] for file in card["file"]) < 5e6
    head = (folder / "ort.wasm.bundle.min.mjs").read_text(encoding="utf-8")[:300]
    assert card["version"] in head and "MIT License" in head and card["version"] in card["rebuild"]
    assert "Copyright (c) Microsoft Corporation" in (folder / "LICENSE").read_text(encoding="utf-8")


def made_up_package(place):
    with tarfile.open(place, "w:gz") as archive:
        for inside in vendor.FILES:
            content = b"code;\n//# sourceMappingURL=x.map\n" if inside.endswith(".mjs") else b"\0asm" * 100
            entry = tarfile.TarInfo(inside)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return hashlib.sha256(place.read_bytes()).hexdigest()


def test_the_files_are_taken_out_of_the_package_of_the_card_alone(tmp_path, monkeypatch):
    package = tmp_path / "package.tgz"
    known = made_up_package(package)
    with pytest.raises(ValueError, match="has the sha256 .* the package of the card has"):
        vendor.unpack(package, tmp_path)
    monkeypatch.setattr(vendor, "read_card", lambda: {"package_sha256": known})
    hashes = vendor.unpack(package, tmp_path)
    assert (tmp_path / "ort.wasm.bundle.min.mjs").read_bytes() == b"code;\n"
    packed = (tmp_path / "ort-wasm-simd-threaded.wasm.gz").read_bytes()
    assert gzip.decompress(packed) == b"\0asm" * 100 and hashes == vendor.unpack(package, tmp_path)


def test_a_page_holds_all_it_needs_and_names_no_address(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"a model")
    place = save_page(tmp_path / "model.onnx", tmp_path / "page.html", title="Digits & <more>")
    text = place.read_text(encoding="utf-8")
    assert "<title>Digits &amp; &lt;more&gt;</title>" in text and not re.search(r"@[A-Z]+@", text)
    assert base64.b64encode(b"a model").decode() in text and place.stat().st_size < 6e6
    own = (page_module.HERE / "page.html").read_text(encoding="utf-8")
    assert "://" not in own and not re.search(r"""(src|href)=["'](?!data:)""", own)
    with pytest.raises(FileNotFoundError):
        save_page(tmp_path / "none.onnx", tmp_path / "page.html")


def test_a_page_is_left_with_the_learner_and_never_among_the_lessons(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(page_module, "COURSE", tmp_path / "nowhere")
    assert learners_folder() != tmp_path and learners_folder().is_dir()
    (tmp_path / "course" / "notebooks").mkdir(parents=True)
    monkeypatch.setattr(page_module, "COURSE", tmp_path / "course")
    assert learners_folder() == tmp_path / "course" / "my" and learners_folder().is_dir()
    assert short_path(learners_folder() / "a.html") == os.path.join("my", "a.html")
    assert short_path(tmp_path / "a.html") == str(tmp_path / "a.html")
    (tmp_path / "my").mkdir()
    monkeypatch.chdir(tmp_path / "my")
    assert learners_folder() == tmp_path / "my"


# The page's code in Node


@needs_node
def test_the_runtime_of_the_page_answers_all_test_digits_as_keras(trained):
    test, answers, place = trained
    outputs = read_in_node(place, test.inputs)
    assert [output.shape for output in outputs] == [answer.shape for answer in answers]
    for output, answer in zip(outputs, answers):
        np.testing.assert_allclose(output, answer, atol=1e-4)
    np.testing.assert_array_equal(outputs[0].argmax(axis=1), answers[0].argmax(axis=1))


@needs_node
def test_a_file_that_is_no_network_is_told(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no network")
    with pytest.raises(RuntimeError, match="Node failed"):
        read_in_node(tmp_path / "model.onnx", np.zeros((1, 28, 28, 1)))


def centre(image):
    mass = image.sum()
    return (image.sum(axis=(0, 2)) @ SIDE) / mass, (image.sum(axis=(1, 2)) @ SIDE) / mass


def extent(image):
    rows, columns = np.nonzero(image[..., 0] > 0)
    return max(np.ptp(rows), np.ptp(columns)) + 1


@needs_node
@pytest.mark.parametrize("digit", DIGITS)
def test_prepared_digits_have_the_size_and_the_centre_of_the_training_wherever_they_are_drawn(digit):
    drawing = DIGITS[digit]
    places = [drawing, moved(drawing, 0.3, 5, 180), moved(drawing, 0.5, 130, 0)]
    images = prepare_in_node(places)
    assert images.min() == 0 and images.max() == 1 and np.unique(images).size > 10  # anti-aliased
    for image in images:
        assert centre(image) == pytest.approx((14, 14), abs=0.3) and 20 <= extent(image) <= 22
        np.testing.assert_allclose(image, images[0], atol=1e-3)


@needs_node
def test_what_we_aim_at_is_what_the_training_digits_have():
    images = load_digits().train.inputs
    centres = np.array([centre(image) for image in images])
    assert np.abs(centres.mean(axis=0) - 14).max() < 0.05 and np.abs(centres - 14).max() < 1
    assert {extent(image) for image in images} <= {19, 20}
    ink = images.sum() / len(images)
    assert prepare_in_node(list(DIGITS.values())).sum() / 10 == pytest.approx(ink, rel=0.15)


@needs_node
def test_as_drawn_keeps_place_and_size():
    square = [line((40, 60), (140, 60), (140, 160), (40, 160), (40, 60))]
    image = prepare_in_node([square], "asDrawn")[0]
    assert centre(image) == pytest.approx((8.5, 10.5), abs=0.01) and extent(image) == 14
    with pytest.raises(ValueError, match="'prepare' or 'asDrawn'"):
        prepare_in_node([square], "shrink")


@needs_node
def test_a_dot_and_an_empty_drawing_make_no_trouble():
    dot, empty, none = prepare_in_node([[[(3, 3)]], [], [[]]])
    assert np.isfinite(dot).all() and centre(dot) == pytest.approx((14, 14), abs=0.1) and 0 < dot.sum() < 10
    assert empty.sum() == 0 and none.sum() == 0


@needs_node
def test_ten_drawn_digits_are_read_if_they_are_prepared(trained):
    _, _, place = trained
    corner = [moved(drawing, 0.5, 5, 10) for drawing in DIGITS.values()]
    prepared = read_in_node(place, prepare_in_node(corner))[0].argmax(axis=1)
    as_drawn = read_in_node(place, prepare_in_node(corner, "asDrawn"))[0].argmax(axis=1)
    assert (prepared == np.arange(10)).sum() >= 9 and (as_drawn == np.arange(10)).sum() <= 4


# The picture of the page


@needs_node
def test_the_picture_shows_what_node_computes(trained, monkeypatch):
    _, _, place = trained
    drawing = moved(DIGITS[7], 0.5, 130, 10)
    view = view_of(place, drawing)
    assert view.images.shape == (2, 28, 28) and view.shares.sum(axis=1) == pytest.approx([1, 1])
    np.testing.assert_array_equal(view.images[0], prepare_in_node([drawing])[0, ..., 0])
    assert [maps.shape for maps in view.maps] == [(24, 24, 8), (8, 8, 16)]
    assert view.headings[0].startswith("prepared") and view.headings[1].startswith("as drawn")
    shown = []
    monkeypatch.setattr("course_utils.browser.picture.show", lambda figure, alt: shown.append((figure, alt)))
    show_page(place, drawing, alt="The page with a small seven")
    (figure, alt), *_ = shown
    assert alt == "The page with a small seven"
    texts = [text.get_text() for part in figure.subfigs for text in part.texts]
    assert [heading in texts for heading in view.headings] == [True] * 4
    with pytest.raises(ValueError, match="alt must say"):
        show_page(place, drawing, alt="page")


# The page in a browser


@pytest.fixture(scope="module")
def opened(trained, tmp_path_factory):
    test, answers, place = trained
    page = save_page(place, tmp_path_factory.mktemp("page") / "digit.html")
    with Chromium(find_chromium()) as browser:
        browser.open(page)
        browser.wait_for("document.getElementById('status')?.textContent.startsWith('Ready')")
        yield browser, test, answers, page


@needs_chromium
def test_the_browser_answers_all_test_digits_as_keras(opened):
    browser, test, answers, _ = opened

    def read(images, count):
        pixels = base64.b64encode(np.round(255 * images).astype("uint8").tobytes()).decode()
        outputs = browser.value(f"readPixels('{pixels}', {count})")
        return [np.array(output["data"]).reshape(output["dims"]) for output in outputs]

    logits = [read(test.inputs[start : start + 250], 1)[0] for start in range(0, len(test.inputs), 250)]
    np.testing.assert_allclose(np.concatenate(logits), answers[0], atol=1e-4)
    for found, answer in zip(read(test.inputs[:20], 3), answers):  # the feature maps too
        np.testing.assert_allclose(found, answer[:20], atol=1e-4)


def text(browser, name):
    return browser.value(f"document.getElementById('{name}').textContent")


def drawn(browser, drawing):
    """Draw by mouse, and return both answers: prepared, and as drawn."""
    box = browser.value("document.getElementById('pad').getBoundingClientRect().toJSON()")
    browser.click("#clear")
    browser.wait_for("document.getElementById('prepared-answer').textContent === '–'")
    for stroke in drawing:
        browser.drag([(box["x"] + 2 + x, box["y"] + 2 + y) for x, y in stroke])
    browser.wait_for("document.getElementById('prepared-answer').textContent !== '–' && !busy()")
    return text(browser, "prepared-answer"), text(browser, "drawn-answer")


@needs_chromium
def test_digits_drawn_by_mouse_are_read_at_once(opened):
    browser, *_ = opened
    answers = {digit: drawn(browser, moved(drawing, 0.5, 130, 10)) for digit, drawing in DIGITS.items()}
    assert sum(prepared == str(digit) for digit, (prepared, _) in answers.items()) >= 9
    assert sum(as_drawn == str(digit) for digit, (_, as_drawn) in answers.items()) <= 4


@needs_chromium
def test_the_page_shows_what_the_network_gets_and_its_feature_maps(opened):
    browser, *_ = opened
    drawn(browser, DIGITS[3])
    assert browser.value("document.querySelectorAll('.maps').length") == 2
    assert browser.value("document.querySelectorAll('.maps canvas').length") == 8 + 16
    assert "8 feature maps of 24 x 24" in text(browser, "maps")
    dark = "(name) => document.getElementById(name).getContext('2d').getImageData(0, 0, 28, 28).data.filter((grey, place) => place % 4 === 0 && grey < 128).length"
    assert 50 < browser.value(f"({dark})('prepared-image')") < 200
    assert browser.value("[...document.querySelectorAll('canvas')].every((each) => each.getAttribute('aria-label'))")
    browser.click("#clear")
    browser.wait_for("document.querySelectorAll('.maps').length === 0")


@needs_chromium
def test_the_picture_of_the_page_agrees_with_the_page(opened, trained):
    """What the package draws for readers without a browser is what the browser shows: answers, shares and headings."""
    browser, *_ = opened
    drawing = moved(DIGITS[7], 0.5, 130, 10)
    answers = drawn(browser, drawing)
    view = view_of(trained[2], drawing)
    assert answers == tuple(str(shares.argmax()) for shares in view.shares)
    for name, shares in zip(("prepared", "drawn"), view.shares):
        numbers = browser.value(f"[...document.querySelectorAll('#{name}-bars span')].map(each => each.textContent)")
        assert np.array(numbers[2::3], float) == pytest.approx(shares, abs=0.02)
    assert browser.value("[...document.querySelectorAll('h2')].map(each => each.textContent)") == view.headings


@needs_chromium
def test_the_page_asks_for_nothing_but_itself_and_raises_nothing(opened):
    browser, *_, page = opened
    assert browser.errors == [] and browser.requests
    assert all(address == page.as_uri() or address.startswith(("blob:", "data:")) for address in browser.requests)


@needs_chromium
def test_a_page_with_a_broken_network_says_so(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no network")
    page = save_page(tmp_path / "model.onnx", tmp_path / "page.html")
    with Chromium(find_chromium()) as browser:
        browser.open(page)
        browser.wait_for("document.getElementById('status')?.textContent.startsWith('This browser cannot')", seconds=20)
        said = browser.value("document.getElementById('status').textContent")
        assert len(said) > len("This browser cannot run the page: ") + 10, "the reason follows"
        assert browser.value("document.querySelectorAll('.maps').length") == 0, "and no answer is shown"
