"""Exercises of lesson 519, lose no answer."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, one_number

CODES = {
    "a digit of 27 x 28 pixels": 400,
    "the model of a misspelled name": 404,
    "a body of nine million bytes": 413,
    "right in all, but the model is still being loaded": 503,
    "an 8 that the network takes for a 3": 200,
}
WHY = {
    "a digit of 27 x 28 pixels": "the server is there and well, and what was sent has the wrong form.",
    "the model of a misspelled name": "nothing lies at that path.",
    "a body of nine million bytes": "there is a code of its own for too much; see the table of wrong input.",
    "right in all, but the model is still being loaded": "the fault is the server's, and passes: the client may ask again.",
    "an 8 that the network takes for a 3": "a wrong answer is an answer. HTTP knows nothing of digits.",
}


def test_codes(answer):
    if not isinstance(answer, dict) or set(answer) != set(CODES):
        raise Wrong("A dictionary with the five situations as keys, spelled as above, is wanted.")
    known = sorted(set(CODES.values()))
    for situation, right in CODES.items():
        code = one_number(answer[situation], f'"{situation}"')
        if code not in known:
            raise Wrong(f"{answer[situation]!r} is none of the five: {', '.join(map(str, known))}.")
        if code != right:
            raise Wrong(f"Think again about '{situation}': {WHY[situation]}")


def pauses(first, longest, count):
    waits = []
    pause = first
    for _ in range(count):
        waits.append(min(pause, longest))
        pause = 2 * pause
    return waits


def without_limit(first, longest, count):
    return [first * 2**number for number in range(count)]


def doubled_at_once(first, longest, count):
    return [min(first * 2 ** (number + 1), longest) for number in range(count)]


def by_adding(first, longest, count):
    return [min(first * (number + 1), longest) for number in range(count)]


def always_the_first(first, longest, count):
    return [min(first, longest)] * count


def one_too_many(first, longest, count):
    return pauses(first, longest, count + 1)


def one_too_few(first, longest, count):
    return pauses(first, longest, count - 1) if count else []


def ends_at_the_longest(first, longest, count):
    return [pause for pause in without_limit(first, longest, count) if pause <= longest]


def test_pauses(answer):
    mistakes = {
        without_limit: "The pauses grow without end: none may be longer than `longest`, not even the first.",
        doubled_at_once: "The first pause is `first` itself; only the next one is twice as long.",
        by_adding: "These grow by the same amount each time. Each must be twice the last.",
        always_the_first: "All pauses are alike. Each must be twice the last.",
        one_too_many: "That is one pause too many: `count` are wanted.",
        one_too_few: "That is one pause too few: `count` are wanted.",
        ends_at_the_longest: "The list ends too early: a pause that would be too long becomes `longest`, and stays in.",
    }
    for case in ((0.05, 1, 8), (1, 100, 3), (3, 20, 6), (5, 2, 2), (0.5, 4, 0)):
        result = answer(*case)
        if not isinstance(result, (list, tuple, np.ndarray)):
            raise Wrong(
                f"You return {result!r}. A list of pauses is wanted: put `list(...)` round what yields one by one."
            )
        result = [float(pause) for pause in result]
        right = pauses(*case)
        if _alike(result, right):
            continue
        for mistake, message in mistakes.items():
            if _alike(result, mistake(*case)):
                raise Wrong(message)
        if result and len(case) and result[0] > case[1]:
            raise Wrong(
                f"For {case} your first pause is {result[0]:g}: not even the first may be longer than `longest`."
            )
        raise Wrong(f"For {case} you return {result}; it should be {right}.")


def _alike(one, other):
    return len(one) == len(other) and np.allclose(one, other)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def code_for(document):
    if not isinstance(document, dict):
        return 400
    examples = document.get("instances")
    if not isinstance(examples, list) or not examples:
        return 400
    for example in examples:
        if not isinstance(example, list) or len(example) != 3:
            return 400
        for value in example:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return 400
    return 200


def in_one_expression(document):
    examples = document.get("instances") if isinstance(document, dict) else None
    fine = isinstance(examples, list) and bool(examples)
    fine = fine and all(isinstance(each, list) and len(each) == 3 and all(map(_is_number, each)) for each in examples)
    return 200 if fine else 400


def trusts_the_key(document):
    return 200 if len(document["instances"]) and all(len(each) == 3 for each in document["instances"]) else 400


def takes_none(document):
    if isinstance(document, dict) and document.get("instances") == []:
        return 200
    return code_for(document)


def first_only(document):
    if isinstance(document, dict) and isinstance(document.get("instances"), list):
        return code_for({"instances": document["instances"][:1]})
    return 400


def by_float(document):
    try:
        examples = document["instances"]
        numbers = [[float(value) for value in example] for example in examples]
        return 200 if numbers and {len(example) for example in numbers} == {3} else 400
    except (TypeError, ValueError, KeyError):
        return 400


def takes_true(document):
    if code_for(document) == 200:
        return 200
    try:
        return code_for(
            {"instances": [[1 if value is True else value for value in each] for each in document["instances"]]}
        )
    except (TypeError, KeyError):
        return 400


def any_length(document):
    try:
        examples = document["instances"]
        fine = (
            isinstance(examples, list)
            and examples
            and all(isinstance(each, list) and each and all(map(_is_number, each)) for each in examples)
        )
        return 200 if fine else 400
    except (TypeError, KeyError):
        return 400


def false_is_a_number(document):
    if isinstance(document, dict) and isinstance(document.get("instances"), list):
        document = {"instances": _without(document["instances"], lambda value: value is False)}
    return code_for(document)


def _without(examples, odd):
    """The examples with 1 in place of each odd value."""
    return [[1 if odd(value) else value for value in each] if isinstance(each, list) else each for each in examples]


def kinds_of_the_first_only(document):
    if not isinstance(document, dict) or not isinstance(document.get("instances"), list):
        return 400
    examples = document["instances"]
    later = [[1] * len(each) if isinstance(each, list) else each for each in examples[1:]]
    return code_for({"instances": examples[:1] + later})


def lists_of_the_first_only(document):
    if not isinstance(document, dict) or not isinstance(document.get("instances"), list):
        return 400
    examples = document["instances"]
    later = [[1, 2, 3] if isinstance(each, str) and len(each) == 3 else each for each in examples[1:]]
    return code_for({"instances": examples[:1] + later})


def asks_whether_the_key_is_in_it(document):
    if "instances" not in document:
        return 400
    return code_for(document if isinstance(document, dict) else {})


REFUSED = (
    ([[1, 2, 3]], "A list instead of a dictionary gets 400, too. Is the kind looked at before the key?"),
    (None, "The body `null` becomes None. Is the kind looked at before the key?"),
    (3.5, "A number instead of a dictionary gets 400, too. Is the kind looked at before the key?"),
    ("instances", 'A text can contain the word "instances" without being a dictionary: the code is 400.'),
    ({"images": [[1, 2, 3]]}, 'Without the key "instances" the code is 400.'),
    ({"instances": None}, '"instances" may be null, a number or a text: then the code is 400.'),
    ({"instances": "123"}, '"instances" may be null, a number or a text: then the code is 400.'),
    ({"instances": {"a": [1, 2, 3]}}, '"instances" may be a dictionary: then the code is 400.'),
    ({"instances": []}, "No example at all: the code is 400."),
    ({"instances": [5, 6, 7]}, "An example may be a plain number instead of a list: then the code is 400."),
    ({"instances": ["123"]}, 'An example may be a text, even one with three letters like "123": then the code is 400.'),
    ({"instances": [[1, 2]]}, "Examples of two numbers get 400: exactly three are wanted."),
    ({"instances": [[1, 2, 3], [4, 5]]}, "The second example is too short: look at all of them, not at the first."),
    ({"instances": [[1, 2, 3], [4, 5, 6, 7]]}, "The second example is too long: look at all of them."),
    ({"instances": [[1, 2, 3], "123"]}, "The second example is a text, and no list: look at the kind of each of them."),
    ({"instances": [[1, 2, 3], None]}, "The second example is null, and no list: look at the kind of each of them."),
    ({"instances": [[1, "7", 3]]}, '"7" in quotes is a text and no number, even if `float` can read it.'),
    (
        {"instances": [[1, 2, 3], [1, "7", 3]]},
        "A text stands in the second example: look at the numbers of all of them.",
    ),
    ({"instances": [[1, None, 3]]}, "null is no number."),
    ({"instances": [[1, [2], 3]]}, "A list inside an example is no number."),
    (
        {"instances": [[1, True, 3]]},
        "True is no number here, though Python counts it among `int`: ask for `bool` first.",
    ),
    ({"instances": [[1, False, 3]]}, "False is no number here, just as True: ask for `bool`, not for one of the two."),
)
TAKEN = (
    {"instances": [[1, 2, 3]]},
    {"instances": [[0, -2.5, 3e9], [4, 5, 6]]},
    {"instances": [[1, 2, 3]], "signature_name": "serving_default"},
)


def test_code_for(answer):
    for document in TAKEN:
        code = _code_of(answer, document)
        if code != 200:
            raise Wrong(f"{document} is right in all, and you return {code:g}.")
    for document, sentence in REFUSED:
        code = _code_of(answer, document)
        if code != 400:
            raise Wrong(f"{sentence} (You return {code:g} for {document}.)")


def _code_of(answer, document):
    try:
        code = answer(document)
    except Wrong:
        raise
    except Exception as error:
        raise Wrong(
            f"For {document} your function raises {type(error).__name__}: a client could end your server. Return 400."
        ) from None
    number = one_number(code, "The code")
    if number not in (200, 400):
        raise Wrong(f"You return {number:g}. One of the codes 200 and 400 is wanted.")
    return number


EXERCISES = [
    Exercise(
        key="519-1",
        title="Which status code?",
        minutes=5,
        test=test_codes,
        hints=(
            "4.. says that the client must change something before it asks again, 5.. that it may ask the same again.",
            "Each of the five codes is right once.",
        ),
        solution=CODES,
        wrong_answers={
            "not found for a wrong shape": CODES | {"a digit of 27 x 28 pixels": 404},
            "400 for a missing model": CODES | {"the model of a misspelled name": 400},
            "400 for too much": CODES | {"a body of nine million bytes": 400},
            "the client's fault": CODES | {"right in all, but the model is still being loaded": 404},
            "a misread digit is an error": CODES | {"an 8 that the network takes for a 3": 503},
            "a code of one's own": CODES | {"an 8 that the network takes for a 3": 418},
            "one left open": CODES | {"a digit of 27 x 28 pixels": ...},
            "not a number": CODES | {"a digit of 27 x 28 pixels": float("nan")},
        },
        also_right={"as decimals": {situation: float(code) for situation, code in CODES.items()}},
        explanation="The code says whose fault it is, and whether asking again can help. What the answer is worth, it cannot say.",
    ),
    Exercise(
        key="519-2",
        title="How long to wait",
        minutes=10,
        test=test_pauses,
        hints=(
            "Begin with an empty list and pause = first. Append, then double, `count` times.",
            "Append min(pause, longest).",
        ),
        solution=pauses,
        wrong_answers={
            "without a limit": without_limit,
            "doubled at once": doubled_at_once,
            "by adding": by_adding,
            "always the first": always_the_first,
            "one too many": one_too_many,
            "one too few": one_too_few,
            "ends at the longest": ends_at_the_longest,
            "the sum": lambda first, longest, count: sum(pauses(first, longest, count)),
        },
        also_right={
            "by powers": lambda first, longest, count: [min(first * 2**number, longest) for number in range(count)],
            "as an array": lambda first, longest, count: np.minimum(first * 2.0 ** np.arange(count), longest),
        },
        explanation="With chance added, a thousand clients of one dead server do not all come back at the same moment.",
    ),
    Exercise(
        key="519-3",
        title="Trust nobody",
        minutes=15,
        test=test_code_for,
        hints=(
            "Ask from outside to inside: is it a dict, is there a list, is it not empty, is each example a list of three?",
            "isinstance(value, (int, float)) is True for True as well: refuse isinstance(value, bool) first.",
            "document.get('instances') gives None where the key is missing, and None is no list.",
        ),
        solution=code_for,
        wrong_answers={
            "trusts the key": trusts_the_key,
            "takes an empty list": takes_none,
            "looks at the first only": first_only,
            "by float": by_float,
            "takes True": takes_true,
            "takes False": false_is_a_number,
            "the kinds of the first only": kinds_of_the_first_only,
            "lists: the first only": lists_of_the_first_only,
            "asks for the key before the kind": asks_whether_the_key_is_in_it,
            "any length": any_length,
            "always content": lambda document: 200,
            "always refuses": lambda document: 400,
            "a truth value": lambda document: code_for(document) == 200,
        },
        also_right={"in one expression": in_one_expression},
        explanation="What comes over the network can be anything. A server that trusts it is ended by the first odd body.",
        leaves_arguments=True,
    ),
]
