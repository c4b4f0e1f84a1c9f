"""Lessons side by side: how many at a time, with one thread each, and an end to all of them on Ctrl-C."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

import psutil

from course_utils.command.lessons import Execution, Lesson, execute
from course_utils.nvidia import usable_gpus

# Two lessons with a thread each finish sooner than one after the other with two: small models leave a second thread idle.
ONE_THREAD = {
    name: "1"
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
}
GIGABYTES_A_LESSON = 3.5  # lesson 409 takes 3.2


def default_jobs() -> int:
    """Half the cores, at least two where there are two, as many as fit into the free memory; one where TensorFlow has a GPU."""
    cores = os.cpu_count() or 1
    if cores == 1 or usable_gpus():
        return 1
    fitting = int(psutil.virtual_memory().available / 1e9 / GIGABYTES_A_LESSON)
    return max(1, min(max(2, cores // 2), fitting))


def execute_side_by_side(
    lessons: list[Lesson],
    scale: str,
    jobs: int,
    on_start: Callable[[Lesson], None],
    on_cell: Callable[[Lesson, int, int], None],
) -> Iterator[Execution]:
    """Execute the lessons, `jobs` at a time, and yield each as it ends. If the caller stops, their kernels end too."""
    environment = ONE_THREAD if jobs > 1 else {}

    def execute_one(lesson: Lesson) -> Execution:
        on_start(lesson)
        return execute(lesson, scale, lambda cell, cells: on_cell(lesson, cell, cells), environment=environment)

    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(execute_one, lesson) for lesson in lessons]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
            # A lesson may be about to start its kernel: look again until every thread has seen the end.
            while not all(future.done() for future in futures):
                for kernel in psutil.Process().children(recursive=True):
                    kernel.kill()
                time.sleep(0.2)
