"""A built Keras model as boxes with columns and lanes: which layer reads which, and where each one stands."""

from dataclasses import dataclass, field

from course_utils.viz.drawings.layer_words import in_words, is_given, kind_of, words_of

Edge = tuple[int, int]  # places of the box that is read and of the box that reads it


@dataclass
class Box:
    """One layer at one place of the model; `sources` are the places of the boxes that it reads."""

    name: str
    kind: str
    shape: tuple[int | None, ...]
    weights: int | None  # None: the weights are those of an earlier box
    sources: list[int]
    below: list["Box"] = field(default_factory=list)  # activations and the like, drawn as strips under the box
    column: int = 0
    lane: int = 0


def read_model(model: object) -> list[Box]:
    """The boxes of a built Sequential or functional model, each after those that it reads; ValueError for others."""
    outputs = getattr(model, "outputs", None)
    if not outputs or not hasattr(outputs[0], "_keras_history"):
        raise ValueError(
            "model must be a built Sequential or functional Keras model: begin it with keras.Input, or call it once."
        )
    reader = _Reader()
    for tensor in outputs:
        reader.place_of(tensor)
    if len(outputs) > 1:
        for tensor in outputs:
            reader.name_output(tensor)
    return _fold(reader.boxes)


class _Reader:
    """Walks from an output back to the inputs; `places` says which box stands for which call of which layer."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.places: dict[tuple[int, int], int] = {}
        self.layers: set[int] = set()

    def place_of(self, tensor: object) -> int:
        """The place of the layer that made the tensor; it is added after all that it reads, if it is not there yet."""
        operation, call, _ = tensor._keras_history
        if (id(operation), call) not in self.places:
            node = operation._inbound_nodes[call]
            sources = [self.place_of(source) for source in _inputs_of(node)]
            weights = operation.count_params() if hasattr(operation, "count_params") else 0
            shared = weights > 0 and id(operation) in self.layers
            self.boxes.append(
                Box(
                    name=words_of(operation, node.arguments),
                    kind=kind_of(operation),
                    shape=tuple(node.outputs[0].shape[1:]),
                    weights=None if shared else weights,
                    sources=list(dict.fromkeys(sources)),
                )
            )
            self.layers.add(id(operation))
            self.places[id(operation), call] = len(self.boxes) - 1
        return self.places[id(operation), call]

    def name_output(self, tensor: object) -> None:
        """Put the name that the model's author gave to an output before what its layer does."""
        operation = tensor._keras_history[0]
        if is_given(operation):
            box = self.boxes[self.place_of(tensor)]
            box.name = f"{in_words(operation.name)}: {box.name}"


def _inputs_of(node: object) -> list:
    """What a call of a layer reads, without the masks that travel beside: their arrows would hide the others."""
    masks = {id(value) for name, value in node.arguments.kwargs.items() if "mask" in name}
    return [tensor for tensor in node.input_tensors if id(tensor) not in masks]


def _fold(boxes: list[Box]) -> list[Box]:
    """Put each activation, dropout or normalization that alone reads the layer before it under that layer's box."""
    readers = [source for box in boxes for source in box.sources]
    new_place, kept = {}, []
    for place, box in enumerate(boxes):
        source = box.sources[0] if len(box.sources) == 1 else None
        if box.kind == "helping" and source is not None and readers.count(source) == 1:
            host = new_place[source]
            if kept[host].kind != "input":
                kept[host].below.append(box)
                new_place[place] = host
                continue
        box.sources = [new_place[old] for old in box.sources]
        kept.append(box)
        new_place[place] = len(kept) - 1
    return kept


def arrange(boxes: list[Box]) -> None:
    """Give each box its column, as far right as its readers allow, and its lane: the first to the longest run."""
    readers = readers_of(boxes)
    to_end = [0] * len(boxes)
    for place in reversed(range(len(boxes))):
        to_end[place] = max((1 + to_end[reader] for reader in readers[place]), default=0)
    for box, distance in zip(boxes, to_end):
        box.column = max(to_end) - distance
    ends: list[list[tuple[float, float]]] = []  # for each lane the columns that are taken, from ... to
    for chain in sorted(_chains(boxes, readers), key=len, reverse=True):
        branched_from = [boxes[source].column + 1 for source in boxes[chain[0]].sources]
        merges_into = [boxes[reader].column - 1 for reader in readers[chain[-1]]]
        first, last = min([boxes[chain[0]].column, *branched_from]), max([boxes[chain[-1]].column, *merges_into])
        lane = first_free(ends, first, last)
        ends[lane].append((first, last))
        for place in chain:
            boxes[place].lane = lane


def readers_of(boxes: list[Box]) -> list[list[int]]:
    """For each box the places of the boxes that read it."""
    readers: list[list[int]] = [[] for _ in boxes]
    for place, box in enumerate(boxes):
        for source in box.sources:
            readers[source].append(place)
    return readers


def _chains(boxes: list[Box], readers: list[list[int]]) -> list[list[int]]:
    """The boxes as runs: each follows its deepest source, if it is the reader of that source with the longest way."""
    depth = [0] * len(boxes)
    for place, box in enumerate(boxes):
        depth[place] = max((1 + depth[source] for source in box.sources), default=0)
    chains: list[list[int]] = []
    chain_of: dict[int, list[int]] = {}
    for place, box in enumerate(boxes):
        before = max(box.sources, key=lambda source: (depth[source], -source), default=None)
        follows = before is not None and min(readers[before], key=lambda reader: boxes[reader].column) == place
        chain = chain_of[before] if follows else []
        if not follows:
            chains.append(chain)
        chain.append(place)
        chain_of[place] = chain
    return chains


def first_free(levels: list[list[tuple[float, float]]], first: float, last: float) -> int:
    """The first level where nothing lies between first and last; a new one is added if there is none."""
    for level, taken in enumerate(levels):
        if all(last < start or first > end for start, end in taken):
            return level
    levels.append([])
    return len(levels) - 1
