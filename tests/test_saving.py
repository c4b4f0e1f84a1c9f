"""What a learner trains can be saved and loaded: the own layers and schedules of pages and package are registered."""

import ast
import functools
from dataclasses import dataclass, field

import numpy as np
import pytest
from notebook_functions import functions_of
from test_notebook_rules import LESSONS, ROOT, code_cells, plain_python

KERAS = {"Layer", "Model", "LearningRateSchedule"}
HELD = {"generator", "discriminator", "denoiser", "model"}  # arguments by which a class is given networks to hold


@dataclass
class Own:
    """A class that a page or a file of the package derives from a class of Keras."""

    place: str
    kind: str  # of KERAS
    node: ast.ClassDef
    parents: list["Own"] = field(default_factory=list)

    def methods(self):
        """All methods by name, with those of its own parents."""
        inherited = {name: method for parent in self.parents for name, method in parent.methods().items()}
        return inherited | {part.name: part for part in self.node.body if isinstance(part, ast.FunctionDef)}

    def arguments(self):
        start = self.methods().get("__init__")
        return {argument.arg for argument in start.args.args[1:]} if start else set()

    def is_registered(self):
        return any("register_keras_serializable" in ast.unparse(part) for part in self.node.decorator_list)

    def can_be_saved(self):
        """Keras makes it anew from its settings: by a get_config, or a constructor that takes Keras's own settings."""
        methods = self.methods()
        takes_settings = "__init__" not in methods or methods["__init__"].args.kwarg is not None
        return "get_config" in methods or (takes_settings and self.kind != "LearningRateSchedule")


def own_classes(sources):
    """All own classes in {place: code}; parents are found by name."""
    nodes = [(place, node) for place, source in sources.items() for node in ast.walk(ast.parse(source))]
    found: dict[str, list[Own]] = {}
    for place, node in nodes:
        bases = [ast.unparse(base).split(".")[-1] for base in node.bases] if isinstance(node, ast.ClassDef) else []
        kinds = [base for base in bases if base in KERAS] + [own.kind for base in bases for own in found.get(base, [])]
        if kinds:
            parents = [own for base in bases for own in found.get(base, [])]
            found.setdefault(node.name, []).append(Own(place, kinds[0], node, parents))
    return [own for same_name in found.values() for own in same_name]


@functools.cache
def all_own_classes():
    package = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "course_utils").rglob("*.py"))
    }
    pages = {lesson.name: "\n".join(plain_python(cell.source) for cell in code_cells(lesson)) for lesson in LESSONS}
    return own_classes(package | pages)


def test_what_can_be_saved_is_registered():
    savable = [own for own in all_own_classes() if own.can_be_saved()]
    assert len(savable) >= 6
    assert [f"{own.place}: {own.node.name}" for own in savable if not own.is_registered()] == []


def test_what_cannot_be_saved_holds_networks_that_can():
    """A game or a sampler is not saved itself: its networks are."""
    others = [own for own in all_own_classes() if not own.can_be_saved()]
    assert [
        f"{own.place}: {own.node.name}" for own in others if own.kind != "Model" and not own.arguments() & HELD
    ] == []


@pytest.mark.parametrize(
    ("source", "savable", "registered"),
    [
        ("class A(layers.Layer):\n    def call(self, x): return x", True, False),
        ("class A(layers.Layer):\n    def __init__(self, size): self.size = size", False, False),
        ("class A(layers.Layer):\n    def __init__(self, **settings): pass", True, False),
        ("class A(S.LearningRateSchedule):\n    def __call__(self, step): return step", False, False),
        (
            "@keras.saving.register_keras_serializable()\nclass A(keras.Model):\n    def get_config(self): pass",
            True,
            True,
        ),
        ("class B(keras.Model):\n    def __init__(self, generator): pass\nclass A(B): pass", False, False),
    ],
)
def test_the_rule_sees_what_keras_would_say(source, savable, registered):
    own = next(own for own in own_classes({"": source}) if own.node.name == "A")
    assert (own.can_be_saved(), own.is_registered()) == (savable, registered)


def saved_and_loaded(model, folder):
    import keras

    model.save(folder / "model.keras")
    return keras.saving.load_model(folder / "model.keras")


def test_a_generator_of_tunes_comes_back(tmp_path):
    import keras

    scores = np.random.default_rng(0).normal(size=(2, 3, 5)).astype("float32")
    model = keras.Sequential([keras.Input((3, 5)), functions_of("307")["PitchAndOnset"](name="pitch_and_onset")])
    assert np.array_equal(saved_and_loaded(model, tmp_path)(scores), model(scores))


def test_a_model_that_warms_up_comes_back_with_its_rate(tmp_path):
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(functions_of("403")["WarmUp"](64, 50, held=5)), loss="mse")
    model.fit(np.ones((8, 1)), np.ones((8, 1)), batch_size=1, verbose=0)
    loaded = saved_and_loaded(model, tmp_path)
    assert float(loaded.optimizer.learning_rate) == float(model.optimizer.learning_rate) > 0
    assert np.array_equal(loaded.get_weights()[0], model.get_weights()[0])
