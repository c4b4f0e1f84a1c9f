"""A built Keras model as boxes with columns and lanes: which layer reads which, and where each one stands."""

from dataclasses import dataclass, field

from course_utils.viz.layer_words import kind_of, words_of


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
    """The boxes of a built Sequential or functional model, each after those that it reads. Raises ValueError for others."""
    outputs = getattr(model, "outputs", None)
    if not outputs or not hasattr(outputs[0], "_keras_history"):
        raise ValueError(
            "model must be a built Sequential or functional Keras model: begin it with keras.Input, or call it once."
        )
    boxes: list[Box] = []
    places: dict[tuple[int, int], int] = {}
    seen: set[int] = set()
    for tensor in outputs:
        _visit(tensor, boxes, places, seen)
    return _fold(boxes)


def _visit(tensor: object, boxes: list[Box], places: dict[tuple[int, int], int], seen: set[int]) -> int:
    """Add the layer that made the tensor, after all that it reads, and return its place."""
    operation, node_index, _ = tensor._keras_history
    key = (id(operation), node_index)
    if key in places:
        return places[key]
    node = operation._inbound_nodes[node_index]
    # Masks travel beside the numbers: drawing them would show a web of arrows that no reader asks for.
    masks = {id(value) for name, value in node.arguments.kwargs.items() if "mask" in name}
    sources = [_visit(source, boxes, places, seen) for source in node.input_tensors if id(source) not in masks]
    weights = operation.count_params() if hasattr(operation, "count_params") else 0
    shared = weights > 0 and id(operation) in seen
    name = words_of(operation, node.arguments.kwargs)
    shape = (
        tuple(node.output_tensors[0].shape[1:]) if hasattr(node, "output_tensors") else tuple(node.outputs[0].shape[1:])
    )
    boxes.append(Box(name, kind_of(operation), shape, None if shared else weights, list(dict.fromkeys(sources))))
    seen.add(id(operation))
    places[key] = len(boxes) - 1
    return places[key]


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
    """Give each box its column, as far right as its readers allow, and its lane: a branch gets a lane of its own."""
    readers = readers_of(boxes)
    to_end = [0] * len(boxes)
    for place in reversed(range(len(boxes))):
        to_end[place] = max((1 + to_end[reader] for reader in readers[place]), default=0)
    for box, distance in zip(boxes, to_end):
        box.column = max(to_end) - distance
    ends: list[list[tuple[int, int]]] = []  # for each lane the columns that are taken, from ... to
    for chain in _chains(boxes, readers):
        branched_from = [boxes[source].column + 1 for source in boxes[chain[0]].sources]
        merges_into = [boxes[reader].column - 1 for reader in readers[chain[-1]]]
        first, last = min([boxes[chain[0]].column, *branched_from]), max([boxes[chain[-1]].column, *merges_into])
        lane = next((lane for lane, taken in enumerate(ends) if _is_free(taken, first, last)), len(ends))
        ends += [[]] if lane == len(ends) else []
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
    """The boxes as runs: each goes on from its deepest source, if that goes on to it, the reader with the longest way."""
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


def _is_free(taken: list[tuple[int, int]], first: int, last: int) -> bool:
    return all(last < start or first > end for start, end in taken)
