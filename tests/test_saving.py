"""What a learner trains can be saved and loaded: the own layers and schedules of pages and package are registered."""

import ast
import builtins
import functools
import importlib
from dataclasses import dataclass, field

import numpy as np
import pytest
from notebook_functions import functions_of
from test_notebook_rules import LESSONS, ROOT, code_cells, plain_python

# What a page derives from these, Keras has to make anew when it loads a model. A model is a layer too: the first that fits counts.
KINDS = (
    "Model", "Layer", "Loss", "Metric", "optimizers.schedules.LearningRateSchedule", "Optimizer", "Initializer",
    "Regularizer", "constraints.Constraint",
)  # fmt: skip
HELD = {"generator", "discriminator", "denoiser", "decoder"}  # arguments by which a class is given networks to hold
# Place and class: why it need be neither registered nor given networks.
MADE_ANEW = {
    ("306_style", "CycleGAN"): "its generators are networks of Keras's own layers",
    ("308_text", "Writer"): "its language model is saved, and Writer(model) writes as before (a test shows it)",
}


@functools.cache
def kinds():
    """The classes of Keras by their name in KINDS."""
    import keras

    return {name: functools.reduce(getattr, name.split("."), keras) for name in KINDS}


@dataclass
class Own:
    """A class that a page or a file of the package derives from a class of Keras."""

    place: str
    kind: str  # of KINDS
    node: ast.ClassDef
    of_keras: type  # the nearest class of Keras that it inherits
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
        unwritten = {kinds()[kind].get_config for kind in ("optimizers.schedules.LearningRateSchedule", "Regularizer")}
        return "get_config" in methods or (takes_settings and self.of_keras.get_config not in unwritten)


class Names:
    """What the names of a program stand for, as far as its imports and plain assignments say. Nothing of it runs."""

    def __init__(self, tree):
        self.sources = {}  # name: what brings it
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for part in node.names:
                    module = part.name if part.asname else part.name.split(".")[0]
                    self.sources[part.asname or module] = (module, "")
            elif isinstance(node, ast.ImportFrom):
                self.sources |= {part.asname or part.name: (node.module, part.name) for part in node.names}
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
                self.sources |= {one.id: node.value for one in node.targets if isinstance(one, ast.Name)}

    def value(self, node):
        """The object behind a name with dots; LookupError where nothing tells it."""
        if isinstance(node, ast.Subscript):  # Generic[T]
            return self.value(node.value)
        if isinstance(node, ast.Attribute):
            holder = self.value(node.value)
            if not hasattr(holder, node.attr):  # `import http.server` asks for a module inside a module
                importlib.import_module(f"{holder.__name__}.{node.attr}")
            return getattr(holder, node.attr)
        source = self.sources.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(source, ast.AST):
            return self.value(source)
        if source:
            module, name = source
            found = importlib.import_module(module)
            return getattr(found, name) if name else found
        if isinstance(node, ast.Name) and hasattr(builtins, node.id):
            return getattr(builtins, node.id)
        raise LookupError(f"What is {ast.unparse(node)}?")


def own_classes(sources):
    """All own classes in {place: code}. Parents that are own classes are found by name, those of Keras by what they inherit.

    Raises LookupError for a parent that is neither, so that none goes unseen.
    """
    found: dict[str, list[Own]] = {}
    for place, source in sources.items():
        tree = ast.parse(source)
        names = Names(tree)
        of_others = set()  # classes of this place that inherit nothing of Keras
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            parents = [own for base in node.bases for own in found.get(ast.unparse(base).split(".")[-1], [])]
            others = [base for base in node.bases if ast.unparse(base).split(".")[-1] not in {*found, *of_others}]
            of_keras = [own.of_keras for own in parents]
            for base in map(names.value, others):
                of_keras += [base] if isinstance(base, type) and issubclass(base, tuple(kinds().values())) else []
            if of_keras:
                kind = next(kind for kind, class_ in kinds().items() if issubclass(of_keras[0], class_))
                found.setdefault(node.name, []).append(Own(place, kind, node, of_keras[0], parents))
            else:
                of_others.add(node.name)
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


def test_what_cannot_be_saved_is_given_networks_that_can():
    """A game or a sampler is not saved itself: its networks are."""
    others = {
        (own.place, own.node.name) for own in all_own_classes() if not own.can_be_saved() and not own.arguments() & HELD
    }
    assert others - set(MADE_ANEW) == set()
    assert set(MADE_ANEW) - others == set(), "take it off the list"


LAYERS = "from keras import layers\n"


@pytest.mark.parametrize(
    ("source", "savable", "registered"),
    [
        (LAYERS + "class A(layers.Layer):\n    def call(self, x): return x", True, False),
        (LAYERS + "class A(layers.Layer):\n    def __init__(self, size): self.size = size", False, False),
        (LAYERS + "class A(layers.Layer):\n    def __init__(self, **settings): pass", True, False),
        (LAYERS + "class A(layers.Dense): pass", True, False),
        (LAYERS + "class A(layers.Dense):\n    def __init__(self, size): self.size = size", False, False),
        (LAYERS + "class A(layers.RNN): pass", True, False),
        (LAYERS + "class A(layers.GRUCell): pass", True, False),
        ("import keras\nclass A(keras.losses.Loss):\n    def call(self, y, z): return y", True, False),
        ("import keras\nclass A(keras.losses.Loss):\n    def __init__(self, margin): pass", False, False),
        ("import keras\nclass A(keras.metrics.Mean): pass", True, False),
        ("import keras\nclass A(keras.optimizers.SGD): pass", True, False),
        ("import keras as k\nclass A(k.initializers.Initializer):\n    def __call__(self, shape): pass", True, False),
        ("import keras\nclass A(keras.regularizers.Regularizer):\n    def __call__(self, x): pass", False, False),
        ("from keras.layers import Dense as D\nclass A(D): pass", True, False),
        (LAYERS + "Base = layers.Dense\nclass A(Base): pass", True, False),
        ("import tensorflow as tf\nclass A(tf.keras.layers.Dense): pass", True, False),
        (
            "from keras.optimizers import schedules as S\nclass A(S.LearningRateSchedule):\n    def __call__(self, step): pass",
            False,
            False,
        ),
        ("import keras.optimizers\nclass A(keras.optimizers.schedules.CosineDecay): pass", True, False),
        (
            "import keras\n@keras.saving.register_keras_serializable()\nclass A(keras.Model):\n    def get_config(self): pass",
            True,
            True,
        ),
        (
            "import keras\nclass B(keras.Model):\n    def __init__(self, generator): pass\nclass A(B): pass",
            False,
            False,
        ),
    ],
)
def test_the_rule_sees_what_keras_would_say(source, savable, registered):
    own = next(own for own in own_classes({"": source}) if own.node.name == "A")
    assert (own.can_be_saved(), own.is_registered()) == (savable, registered)


def test_what_does_not_come_from_keras_is_left_out_and_what_is_unknown_is_refused():
    plain = "from typing import NamedTuple\nclass A(NamedTuple): pass\nclass B(Exception): pass\nclass C: pass\n"
    watch = "import keras\nclass D(keras.callbacks.Callback): pass"  # not saved with a model
    assert own_classes({"": plain + watch}) == []
    with pytest.raises(LookupError, match="What is something"):
        own_classes({"": "class A(something.Layer): pass"})


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


def test_a_writer_of_words_writes_as_before_with_its_language_model_loaded(tmp_path):
    page = functions_of("308")
    page["Writer"].call.__globals__.update(alphabet=".abcdefghijklmnopqrstuvwxyz", length=8)
    model = page["language_model"]("model")
    noise = np.random.default_rng(0).gumbel(size=(5, 8, 27)).astype("float32")
    again = page["Writer"](saved_and_loaded(model, tmp_path))
    assert np.array_equal(again(noise), page["Writer"](model)(noise))
