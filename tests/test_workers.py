"""Processes that train together: they end in every case, report whole lines, and know their place in the cluster."""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest

from course_utils.workers.team import Team, free_ports
from course_utils.workers.worker import join_cluster

SLEEP = "import time; time.sleep(100)"


class Plain(Team):
    """A team whose workers run a line of Python instead of a program of the package."""

    def __init__(self, *codes, seconds=30):
        super().__init__("plain", workers=len(codes), seconds=seconds)
        self.codes = list(codes)

    def _command(self, place):
        return [sys.executable, "-c", self.codes[int(place[place.index("--index") + 1])], *place]


def all_gone(team):
    return all(process.returncode is not None for process in team.processes)


def test_free_ports_are_different_and_free():
    ports = free_ports(5)
    assert len(set(ports)) == 5 and all(port > 1000 for port in ports)


def test_a_team_needs_a_worker():
    with pytest.raises(ValueError, match="at least one worker, not 0"):
        Team("train", workers=0)


def test_when_the_block_ends_no_process_is_left():
    with Plain(SLEEP, SLEEP) as team:
        assert not all_gone(team)
    assert all_gone(team)


def test_when_the_block_fails_no_process_is_left():
    with pytest.raises(ZeroDivisionError):
        with Plain(SLEEP, SLEEP) as team:
            raise ZeroDivisionError
    assert all_gone(team)


def test_a_kill_is_a_kill_and_the_code_of_each_comes_back():
    with Plain(SLEEP, "pass", "raise SystemExit(7)") as team:
        team.kill(0)
        assert team.wait() == [-9, 0, 7]
        with pytest.raises(RuntimeError, match="had ended before"):
            team.kill(1)


def test_who_outlives_the_grace_is_killed():
    with Plain(SLEEP, "raise SystemExit(1)") as team:
        assert team.wait(grace=0.2) == [-9, 1]


def test_the_time_limit_ends_all_and_tells_the_last_words():
    with pytest.raises(TimeoutError, match="(?s)more than 3 seconds.*stuck here"):
        with Plain(f"import sys; print('stuck here', file=sys.stderr, flush=True); {SLEEP}", seconds=3) as team:
            team.wait()
    assert all_gone(team)


def test_success_is_told_from_failure():
    with Plain("pass", "pass") as team:
        team.wait_for_success()
    with pytest.raises(RuntimeError, match="(?s)Worker 1 ended with code 1.*ValueError: so it is"):
        with Plain("pass", "raise ValueError('so it is')") as team:
            team.wait_for_success()


def test_reports_are_whole_lines_by_worker():
    code = f"print('a word'); print('{{\"step\": 3}}'); print('{{\"step\": 4', end='', flush=True); {SLEEP}"
    with Plain(code, "print('{\"step\": 1}')") as team:
        team.wait_for_step(3, 0)
        team.wait_for_step(1, 1)
        assert team.reports().to_dict("records") == [{"worker": 0, "step": 3}, {"worker": 1, "step": 1}]
        with pytest.raises(RuntimeError, match="Worker 1 ended before step 2"):
            team.wait_for_step(2, 1)


def test_workers_know_all_addresses_and_their_own_number(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "left over")
    join_cluster("one:1,two:2", 1)
    assert json.loads(os.environ["TF_CONFIG"]) == {
        "cluster": {"worker": ["one:1", "two:2"]},
        "task": {"type": "worker", "index": 1},
    }
    join_cluster("alone:1", 0)
    assert "TF_CONFIG" not in os.environ
    with pytest.raises(ValueError, match="there are 2 workers, counted from 0"):
        join_cluster("one:1,two:2", 2)


def test_a_worker_ends_after_its_seconds_and_with_its_parent():
    code = f"from course_utils.workers.worker import limited_life\nwith limited_life(SECONDS): {SLEEP}"
    begin = time.monotonic()
    late = subprocess.run(
        [sys.executable, "-c", code.replace("SECONDS", "1")], capture_output=True, text=True, timeout=60
    )
    assert late.returncode == 1 and "Timeout" in late.stderr and time.monotonic() - begin < 50

    start = "import os, subprocess, sys; where = {**os.environ, 'TEAM_PROCESS': str(os.getpid())}; "
    start += f"print(subprocess.Popen([sys.executable, '-c', {code.replace('SECONDS', '90')!r}], "
    start += "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=where).pid)"
    result = subprocess.run([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True, timeout=60)
    child = int(result.stdout)
    for _ in range(200):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.2)
    psutil.Process(child).kill()
    pytest.fail("the worker outlived its parent")
