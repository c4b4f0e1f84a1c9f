"""`course plan`: which lessons fit into the hours of a room, in which order, and what goes when time runs out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from course_utils.command.lessons import Lesson, exercise_minutes, find_lessons, reading_minutes
from course_utils.command.needs import check_needs, needed_lessons, with_all_needs
from course_utils.command.room_time import LONGEST_DAY, RoomTime, and_list, in_hours, on_days, room_time
from course_utils.exercises.exercise import Exercise, has_exercises, load_exercises

# A topic is a part of the course: the first digit of its lessons.
TOPICS = {"start": "0", "cnn": "1", "rnn": "2", "gan": "3", "transformer": "4", "choosing": "5"}
ARCHITECTURES = ("cnn", "rnn", "gan", "transformer")

# Minutes of a room for one minute of reading. A page that is taught is spoken, its predictions are voted on, and thirty
# people run its cells, fall behind and ask. Three measures, pages taken by reading_minutes: a learner alone took 100 minutes
# for a page of 38, about 50 of them exercises: 1.3. The Carpentries give 140 minutes to convolution, pooling and dropout,
# half of them exercises; 70 beside the 42 that convolution and pooling take to read here: 1.7. A plan of two days gave seven
# pages, 250 minutes to read, 615 in the room, about 158 of them exercises: 1.8. A room is nearer to the last two.
ROOM_FACTOR = 1.7


@dataclass(frozen=True)
class RoomLesson:
    """A lesson as a room meets it, in minutes. At home is an exercise that takes a program of one's own, which trains."""

    number: str
    title: str
    place: str  # notebooks/PART/NUMBER_name.ipynb
    needs: tuple[str, ...]
    reading: int
    running: int
    in_room: tuple[Exercise, ...]
    at_home: tuple[Exercise, ...]

    @property
    def teaching(self) -> int:
        """Minutes to teach the page, running its cells included."""
        return round(ROOM_FACTOR * self.reading) + self.running

    @property
    def exercises(self) -> int:
        """Minutes for the exercises that are done in the room."""
        return exercise_minutes(self.in_room)

    @property
    def all_exercises(self) -> list[Exercise]:
        """Its exercises in the order of the page."""
        return sorted(self.in_room + self.at_home, key=lambda exercise: exercise.key)

    @property
    def minutes(self) -> int:
        return self.teaching + self.exercises


def room_lesson(lesson: Lesson) -> RoomLesson:
    """Read a lesson's title, needs and minutes from its page, and its exercises from the package."""
    notebook = lesson.read()
    exercises = tuple(load_exercises(lesson.number).values()) if has_exercises(lesson.number) else ()
    try:
        needs = needed_lessons(notebook)
    except ValueError as error:
        raise ValueError(f"{lesson.name}: {error}") from error
    return RoomLesson(
        number=lesson.number,
        title=notebook.cells[0].source.splitlines()[0].lstrip("# ").strip(),
        place=f"notebooks/{lesson.path.parent.name}/{lesson.path.name}",
        needs=needs,
        reading=reading_minutes(notebook),
        running=math.ceil(notebook.metadata.get("course", {}).get("seconds", 60) / 60),
        in_room=tuple(exercise for exercise in exercises if not exercise.program),
        at_home=tuple(exercise for exercise in exercises if exercise.program),
    )


def room_lessons() -> dict[str, RoomLesson]:
    """All lessons by number. Raises ValueError if a line *You need* is missing, names no lesson, or closes a ring."""
    lessons = {lesson.number: room_lesson(lesson) for lesson in find_lessons()}
    check_needs({number: lesson.needs for number, lesson in lessons.items()})
    return lessons


@dataclass(frozen=True)
class Plan:
    """What a room does, in order, and what it does not. `asked` are the lessons without which it would be another plan."""

    time: RoomTime
    lessons: tuple[RoomLesson, ...]
    left_out: tuple[tuple[RoomLesson, int], ...]  # with the minutes that it would take, with what it needs
    before: tuple[RoomLesson, ...]  # known already, and needed
    asked: frozenset[str]
    by_topics: bool

    @property
    def work(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def rows(self) -> list[tuple[RoomLesson, str, int]]:
        """Each lesson with its day and with the minutes, breaks included, that have passed after it."""
        rows, work = [], 0
        for lesson in self.lessons:
            before, work = work, work + lesson.minutes
            rows.append((lesson, self.time.days_of(before, work), work + self.time.breaks_in(work)))
        return rows

    def longest_exercises(self) -> list[Exercise]:
        """Of each lesson with several exercises in the room the longest one, the last of equal ones."""
        several = (lesson.in_room for lesson in self.lessons if len(lesson.in_room) > 1)
        return [max(reversed(exercises), key=lambda exercise: exercise.minutes) for exercises in several]

    def in_order_of_cutting(self) -> list[RoomLesson]:
        """The lessons that can go, the first to go first: not asked for, and needed by no lesson that is left then."""
        left, cut = list(self.lessons), []
        while True:
            needed = self.asked.union(*(lesson.needs for lesson in left))
            lesson = next((lesson for lesson in reversed(left) if lesson.number not in needed), None)
            if lesson is None:
                return cut
            left.remove(lesson)
            cut.append(lesson)

    def next_lessons(self) -> list[RoomLesson]:
        """The lessons left out that can follow at once, because all that they need was taught or known."""
        missing = {lesson.number for lesson, _ in self.left_out}
        return [lesson for lesson, _ in self.left_out if not missing.intersection(lesson.needs)]


def make_plan(
    time: RoomTime,
    course: Mapping[str, RoomLesson],
    topics: Sequence[str] = ARCHITECTURES,
    lessons: Sequence[str] = (),
    known: Sequence[str] = (),
) -> Plan:
    """Choose what fits, explainably.

    By topics: the first lesson of each with all that it needs; then the second of each, the third, and so on, each with
    what it needs, while they fit. By lessons: these with all that they need, and nothing else. Raises ValueError for a
    topic or a lesson that is none, and where the hours are too few.
    """
    needs = {number: lesson.needs for number, lesson in course.items()}
    known_numbers = frozenset(with_all_needs(_known(known, course), needs))
    if lessons:
        asked = _left([_checked_lesson(number, course) for number in lessons], known_numbers, "the lessons")
        further: list[str] = []
    else:
        parts = [_left(_lessons_of(topic, course), known_numbers, topic) for topic in topics]
        asked = [part[0] for part in parts]
        longest = max(map(len, parts))
        further = [part[place] for place in range(1, longest) for part in parts if place < len(part)]

    chosen = with_all_needs(asked, needs, known_numbers)
    work = sum(course[number].minutes for number in chosen)
    if work > time.work:
        raise ValueError(_too_few(time, topics if not lessons else asked, chosen, work))
    for number in further:
        added = with_all_needs([number], needs, known_numbers | frozenset(chosen))
        minutes = sum(course[other].minutes for other in added)
        if work + minutes <= time.work:
            chosen, work = chosen + added, work + minutes

    taken = frozenset(chosen)
    missing = sorted(set(further) - taken)
    cost = {
        n: sum(course[other].minutes for other in with_all_needs([n], needs, known_numbers | taken)) for n in missing
    }
    before = [number for number in with_all_needs(chosen, needs) if number in known_numbers]
    return Plan(
        time=time,
        # By number as far as needs allow: chosen in turns, but a room stays with an architecture.
        lessons=tuple(course[number] for number in with_all_needs(sorted(chosen), needs, known_numbers)),
        left_out=tuple((course[number], cost[number]) for number in missing),
        before=tuple(course[number] for number in sorted(before)),
        asked=frozenset(asked),
        by_topics=not lessons,
    )


def words_of(text: str, option: str) -> list[str]:
    """The parts of a list with commas, each once; none for an empty text. Raises ValueError for commas alone."""
    words = list(dict.fromkeys(word.strip().lower() for word in text.split(",") if word.strip()))
    if text and not words:
        raise ValueError(f"{option} names nothing: '{text}'. Write a list with commas, {option} cnn,rnn for instance.")
    return words


def _lessons_of(topic: str, course: Mapping[str, RoomLesson]) -> list[str]:
    if topic not in TOPICS:
        raise ValueError(f"There is no topic '{topic}'. The topics: {', '.join(TOPICS)}.")
    found = sorted(number for number in course if number.startswith(TOPICS[topic]))
    if not found:
        raise ValueError(f"There are no lessons on {topic} here: the clone is not complete.")
    return found


def _checked_lesson(number: str, course: Mapping[str, RoomLesson]) -> str:
    if number not in course:
        raise ValueError(f"There is no lesson {number}. The lessons: {', '.join(course)}.")
    return number


def _known(words: Iterable[str], course: Mapping[str, RoomLesson]) -> list[str]:
    """The numbers behind topics and numbers of lessons."""
    numbers = []
    for word in words:
        numbers += _lessons_of(word, course) if word in TOPICS else [_known_lesson(word, course)]
    return numbers


def _known_lesson(word: str, course: Mapping[str, RoomLesson]) -> str:
    if word not in course:
        raise ValueError(
            f"--known takes topics ({', '.join(TOPICS)}) and numbers of lessons; there is no '{word}' among them."
        )
    return word


def _left(numbers: Sequence[str], known: frozenset[str], what: str) -> list[str]:
    """The lessons that are not known. Raises ValueError if all are."""
    left = [number for number in numbers if number not in known]
    if not left:
        raise ValueError(f"Nothing is left of {what}: --known names all of it. Choose something else, or know less.")
    return left


def _too_few(time: RoomTime, asked: Sequence[str], chosen: Sequence[str], work: int) -> str:
    """What the shortest path takes: half an hour more at a time, on as many days, or more where these would be long."""
    longer = time
    while longer.work < work:
        hours = math.floor(2 * longer.hours + 1) / 2
        longer = room_time(hours, max(time.days, math.ceil(hours / LONGEST_DAY)))
    start = ", or name what the room knows before: --known start" if min(chosen) < "1" else ""
    return (
        f"{in_hours(time.hours)} {'is' if time.hours == 1 else 'are'} too few for {and_list(asked)}: the shortest path, {and_list(sorted(chosen))}, takes "
        f"{in_hours(longer.hours)} with breaks, {on_days(longer.days)}. Plan that, or ask for less{start}."
    )
