"""Journeys over streams."""

import numpy as np
import pytest

from tests.benchmarks.memory import write_folder
from tests.data.sources.streams import stream_of
from tests.small import fresh
from wizard import Wizard
from wizard.core.errors import OptionError

RANDOM_STREAM = """
import sys, tensorflow as tf
from tests.data.sources.streams import stream_of
from wizard import Wizard
n_passes = tf.Variable(0)
def noisy(x, y):
    n_passes.assign_add(1)
    return tf.clip_by_value(tf.cast(x, "float32") / 300 + tf.random.uniform((8, 8)) / 100, 0, 1), y
wizard = Wizard(stream_of().map(noisy), out=sys.argv[1], name="noisy", version=sys.argv[2])
wizard.explore()
finding = next(f for f in wizard.findings if f.step == "readable")
notes = " ".join(block.text for block in finding.blocks if block.kind == "text")
print(n_passes.numpy() > 0, wizard.results["explore"].key, notes)
"""


@pytest.mark.slow
def test_a_version_lets_a_new_process_go_on_with_a_random_stream(tmp_path):
    first = fresh(RANDOM_STREAM, tmp_path, "v1").splitlines()[-1]
    page = tmp_path / "noisy" / "store" / "stages"
    written = {path: path.stat().st_mtime_ns for path in page.rglob("*")}
    again = fresh(RANDOM_STREAM, tmp_path, "v1").splitlines()[-1]
    assert first.startswith("True")
    assert again.startswith("False")  # the stream was not gone through
    assert first.split()[1:] == again.split()[1:]
    assert {path: path.stat().st_mtime_ns for path in page.rglob("*")} == written  # explore() was not recomputed
    assert "other examples each time" in first
    other = fresh(RANDOM_STREAM, tmp_path, "v2").splitlines()[-1]
    assert other.split()[1] != first.split()[1]


def test_nothing_half_written_stays_where_a_stream_fails(tmp_path):
    def broken():
        x, y = np.zeros((8, 8), "uint8"), 0
        yield x, y
        raise OSError("the disk is gone")

    import tensorflow as tf

    stream = tf.data.Dataset.from_generator(broken, output_types=("uint8", "int64"))
    with pytest.raises(ValueError, match="without an error"):
        Wizard(stream, out=tmp_path, name="run", version="v1")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in ("format", ".lock")]


@pytest.mark.parametrize("version", [1, "", " "])
def test_a_version_is_a_name(version, tmp_path):
    with pytest.raises(OptionError, match="version"):
        Wizard(stream_of(), out=tmp_path, version=version)


GROWTH = """
import resource, sys
from pathlib import Path
from tests.benchmarks.memory import stream
from wizard.core.backend import tf
from wizard import Wizard
import wizard.data.pictures, wizard.data.picture_sets
import wizard.training.compiled, wizard.training.encoding, wizard.training.prepared
from tests.data.sources.streams import stream_of
for module in (wizard.data.pictures, wizard.data.picture_sets):
    module.KEEP_BYTES = 2**22
wizard.training.encoding.RESIDENT_BYTES = wizard.training.encoding.BYTES_AT_ONCE = 2**22
wizard.training.compiled.PREDICT_NUMBERS = wizard.training.prepared.NUMBERS_AT_ONCE = 2**20
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
warm = Wizard(stream_of(), out=sys.argv[1], name="warm").explore(examples=3)  # what every journey takes
warm._journey.trainer.train(wizard.core.config.TrainingConfig(family="linear", epochs=1))
case, n, side = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
before = peak()
journey = Wizard(Path(sys.argv[1]) / "pictures" if case == "folder" else stream(n, side), out=sys.argv[1], name="run")
journey.explore(examples=30)
config = wizard.core.config.TrainingConfig(family="linear", inputs={"height": side, "width": side}, epochs=1)
assert type(journey._journey.trainer.prepared(config).tensors["image"]).__name__ == "RowsOnDisk"
journey._journey.trainer.train(config)
print(peak() - before)
"""


@pytest.mark.long
@pytest.mark.parametrize("case", ["stream", "folder"])
def test_no_step_holds_all_examples(case, tmp_path):
    n, side = 1500, 384  # steps take some 250 MB for their sample, whatever lies behind it
    if case == "folder":
        write_folder(tmp_path / "pictures", n, side)
    held = float(fresh(GROWTH, tmp_path, case, n, side).splitlines()[-1])
    assert held < 0.6 * n * side * side * 3, (
        f"{held / 1e6:.0f} MB more, where all would take {n * side**2 * 3e-6:.0f} MB"
    )
