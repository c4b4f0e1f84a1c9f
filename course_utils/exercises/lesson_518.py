"""Exercises of lesson 518, serve a model."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, shown


def request_for(path, body):
    content = body.encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(content)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + content


def headers_the_other_way_round(path, body):
    content = bytes(body, "utf-8")
    head = "POST " + path + " HTTP/1.1\r\nContent-Length: " + str(len(content)) + "\r\nHost: 127.0.0.1\r\n\r\n"
    return head.encode("utf-8") + content


def counts_characters(path, body):
    length = f"Content-Length: {len(body.encode())}".encode()
    return request_for(path, body).replace(length, f"Content-Length: {len(body)}".encode())


def counts_the_whole(path, body):
    length = f"Content-Length: {len(body.encode())}".encode()
    return request_for(path, body).replace(length, f"Content-Length: {len(request_for(path, body))}".encode())


def plain_line_ends(path, body):
    return request_for(path, body).replace(b"\r\n", b"\n")


def no_empty_line(path, body):
    return request_for(path, body).replace(b"\r\n\r\n", b"\r\n", 1)


def a_line_end_behind(path, body):
    return request_for(path, body) + b"\r\n"


def no_host(path, body):
    return request_for(path, body).replace(b"Host: 127.0.0.1\r\n", b"")


def asks_by_get(path, body):
    return request_for(path, body).replace(b"POST", b"GET", 1)


def without_version(path, body):
    return request_for(path, body).replace(b" HTTP/1.1", b"", 1)


def test_request(answer):
    for path, body in (
        ("/v1/models/digits:predict", '{"instances": [[7]]}'),
        ("/v1/models/words:predict", "été"),
        ("/", ""),
    ):
        request = answer(path, body)
        if isinstance(request, str):
            raise Wrong("You return a text. What goes over the line is bytes: `.encode()` makes them.")
        if not isinstance(request, (bytes, bytearray)):
            raise Wrong(f"You return {shown(request)}. The bytes of the request are wanted.")
        _test_parts(bytes(request), path, body)


def _test_parts(request, path, body):
    head, empty_line, content = request.partition(b"\r\n\r\n")
    if not empty_line:
        if b"\r\n" not in request:
            raise Wrong('The lines end with "\\n" alone. HTTP wants "\\r\\n".')
        raise Wrong("Between the headers and the body the empty line is missing: two line ends, one behind the other.")
    first, *headers = head.decode().split("\r\n")
    words = first.split(" ")
    if words[0] != "POST":
        raise Wrong(f"The first line begins with {words[0]!r}: to hand something over, the method is POST.")
    if words[-1] != "HTTP/1.1":
        raise Wrong("The first line must end with the version, HTTP/1.1.")
    if first != f"POST {path} HTTP/1.1":
        raise Wrong(f"The first line is {first!r}; method, path and version are wanted, one space between them.")
    named = {}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon:
            raise Wrong(f"The header {header!r} has no colon.")
        named[name.strip().lower()] = value.strip()
    if named.get("host") != "127.0.0.1":
        raise Wrong("The header `Host: 127.0.0.1` is missing: HTTP/1.1 wants it in every request.")
    right = len(body.encode())
    length = named.get("content-length")
    if length is None:
        raise Wrong("The header Content-Length is missing: how else should the server know where the body ends?")
    if length == str(len(body)) and right != len(body):
        raise Wrong(f"{body!r} has {len(body)} characters, but {right} bytes: encode first, then count.")
    if length.isdecimal() and int(length) > right + 50:
        raise Wrong("Content-Length counts the body alone, without the lines above it.")
    if content == body.encode() + b"\r\n":
        raise Wrong("Behind the body comes nothing, not even a line end: the server counts bytes.")
    if length != str(right):
        raise Wrong(f"Content-Length is {length}, and the body has {right} bytes.")
    if content != body.encode():
        raise Wrong(f"The body is {content!r}; it should be the given one, encoded: {body.encode()!r}.")


def waits_of(planned, work):
    waits = []
    free = 0  # when the server has answered the request before
    for moment, seconds in zip(planned, work):
        begin = max(moment, free)
        free = begin + seconds
        waits.append(free - moment)
    return waits


def by_recursion(planned, work):
    waits = [work[0]]
    for before, moment, seconds in zip(planned, planned[1:], work[1:]):
        waits.append(max(waits[-1] - (moment - before), 0) + seconds)
    return waits


def from_the_beginning(planned, work):
    return list(work)


def only_the_line(planned, work):
    return [wait - seconds for wait, seconds in zip(waits_of(planned, work), work)]


def never_idle(planned, work):
    return list(np.cumsum(work) - np.array(planned))


def when_answered(planned, work):
    return [moment + wait for moment, wait in zip(planned, waits_of(planned, work))]


def only_the_one_before(planned, work):
    waits = [work[0]]
    for number in range(1, len(planned)):
        begin = max(planned[number], planned[number - 1] + work[number - 1])
        waits.append(begin + work[number] - planned[number])
    return waits


def all_at_once(planned, work):
    return list(np.cumsum(work))


def test_waits(answer):
    mistakes = {
        from_the_beginning: "That is the time from the beginning of the work. Who waits in line has come before: count from `planned`.",
        only_the_line: "That is the time in the line alone. The answer comes when the work is done, too.",
        never_idle: "Your server begins before a request has come: where nobody waits, it must wait itself.",
        when_answered: "Those are the moments of the answers. The wait is counted from the planned moment.",
        only_the_one_before: "You look at the planned moment of the one before. It may have begun later itself: keep when the server is free.",
        all_at_once: "That is right only if all come at 0. Subtract the planned moment, and let the server wait for requests.",
    }
    random = np.random.default_rng(512)
    cases = [
        ([0, 1, 2, 3, 9], [0.5, 3, 0.5, 0.5, 0.5]),
        ([0, 10, 20, 30], [1, 2, 3, 4]),
        ([2, 2, 2], [1, 1, 1]),
        (np.sort(random.integers(0, 40, 12)).tolist(), random.integers(1, 6, 12).tolist()),
    ]
    for planned, work in cases:
        result = answer(planned, work)
        if not isinstance(result, (list, tuple, np.ndarray)) or len(result) != len(planned):
            raise Wrong(
                f"You return {shown(result)}. A list with one wait for each of the {len(planned)} requests is wanted."
            )
        right = waits_of(planned, work)
        if np.allclose(result, right):
            continue
        for mistake, message in mistakes.items():
            if np.allclose(result, mistake(planned, work)):
                raise Wrong(message)
        raise Wrong(f"For planned = {planned} and work = {work} you return {list(result)}; it should be {right}.")


NAMES = ("one by one", "joined")


def test_joined(answer):
    alone, joined = measured_numbers(answer, *NAMES)
    if min(alone, joined) <= 0:
        raise Wrong("A rate is above 0.")
    if max(alone, joined) < 50:
        raise Wrong('So few? Answers *a second* are wanted, not milliseconds: `.summary()["answers a second"]`.')
    if alone == joined:
        raise Wrong("Twice the same number: the second must be measured with the new server.")
    if max(alone, joined) > 100_000:
        raise Wrong("So many? Is it 200 answers by the seconds that all took together?")
    if joined > 16 * alone:
        raise Wrong("16 clients have at most 16 requests under way: joining cannot make it more than 16 times faster.")
    if joined < alone / 4:
        raise Wrong("Joined, far fewer? Was `predict` still asking the old server? It must use the new `server`.")


PROGRAM = """
server = Server("digits", folder, most=64).start()  # ends the one before
joined = run_clients(predict, pixels[:200], 16)
answers_a_second = {
    "one by one": load["answers a second"][16],
    "joined": joined.summary()["answers a second"],
}
server.stop()
"""

EXERCISES = [
    Exercise(
        key="518-1",
        title="A request in full",
        minutes=10,
        test=test_request,
        hints=(
            "Encode the body first: `content = body.encode()`. Its length is what Content-Length says.",
            'The head is text: lines joined by "\\r\\n", and an empty one at the end. Encode it, and add the content.',
        ),
        solution=request_for,
        wrong_answers={
            "counts characters": counts_characters,
            "counts all": counts_the_whole,
            "line ends of Unix": plain_line_ends,
            "no empty line": no_empty_line,
            "a line end behind the body": a_line_end_behind,
            "no host": no_host,
            "GET": asks_by_get,
            "no version": without_version,
            "a text": lambda path, body: request_for(path, body).decode(),
        },
        also_right={"headers the other way round": headers_the_other_way_round},
        explanation="The length says where the body ends. One byte too few, and the last one is read as the next request.",
    ),
    Exercise(
        key="518-2",
        title="From the planned moment",
        minutes=15,
        test=test_waits,
        hints=(
            "Keep in `free` when the server has answered the request before; it begins with 0.",
            "A request begins at max(moment, free), and is answered `seconds` later. Its wait is that minus the moment.",
        ),
        solution=waits_of,
        wrong_answers={
            "from the beginning of the work": from_the_beginning,
            "the line alone": only_the_line,
            "never idle": never_idle,
            "the moments of the answers": when_answered,
            "only the one before": only_the_one_before,
            "all at once": all_at_once,
            "the sum": lambda planned, work: sum(waits_of(planned, work)),
        },
        also_right={"by Lindley's recursion": by_recursion},
        explanation="One slow answer of 3 s keeps others waiting who came meanwhile. A client that asks only after its answer would have noted one slow answer, not three.",
        leaves_arguments=True,
    ),
    Exercise(
        key="518-3",
        title="Join what waits",
        minutes=15,
        test=test_joined,
        hints=(
            "A second server for the same folder ends the first. `predict` uses the name `server`: give the new one that name.",
            '`run_clients(predict, pixels[:200], 16).summary()["answers a second"]`; one by one it stands in `load`.',
        ),
        solution={"one by one": 611.0, "joined": 700.0},
        program=PROGRAM,
        wrong_answers={
            "milliseconds": {"one by one": 25.1, "joined": 24.0},
            "one measurement twice": {"one by one": 611.0, "joined": 611.0},
            "too many": {"one by one": 611.0, "joined": 200_000.0},
            "64 times": {"one by one": 611.0, "joined": 39_000.0},
            "the old server": {"one by one": 611.0, "joined": 60.0},
            "below 0": {"one by one": 611.0, "joined": -5.0},
            "not a number": {"one by one": 611.0, "joined": float("nan")},
            "one left open": {"one by one": 611.0, "joined": ...},
        },
        also_right={
            "it pays": {"one by one": 611.0, "joined": 1400.0},
            "it costs": {"one by one": 700.0, "joined": 650.0},
        },
        explanation="Joining saves calls of the model. What that brings depends on the model's share of a request: for a network as small as this, connection and text are a good part of it.",
    ),
]
