import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.small import ROOT, fresh
from wizard.core.errors import RunFolderError
from wizard.core.store import FORMAT, Store, asset_name, write_file

HOLD = """
import sys, time
from pathlib import Path
from wizard.core.store import Store
with Store(Path(sys.argv[1])).locked():
    print("held", flush=True)
    time.sleep(60)
"""
DIE = """
import os, sys
from pathlib import Path
from wizard.core.store import Store
def fill(folder):
    (folder / "a").write_text("half")
    os._exit(0)
Store(Path(sys.argv[1])).write("training", "k", fill)
"""
FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from wizard.core.errors import RunFolderError
from wizard.core.store import Store
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    Store(Path(sys.argv[1])).write("training", "k", lambda folder: np.savez(folder / "weights.npz", np.zeros(10_000)))
except RunFolderError as error:
    print(error)
"""
READ_ONLY = """
import os, sys
from pathlib import Path
from wizard.core.errors import RunFolderError
from wizard.core.store import Store
if os.geteuid() == 0:
    os.setuid(65534)  # root may write anywhere
for attempt in ("locked", "write"):
    try:
        store = Store(Path(sys.argv[1]) / "run")
        store.locked().__enter__() if attempt == "locked" else store.write("training", "k", lambda folder: None)
    except RunFolderError as error:
        print(attempt, error)
"""


def note(text):
    return lambda folder: (folder / "note").write_text(text)


def left_over(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob(".partial-*")]


def test_an_entry_is_there_with_all_its_files_once_written(tmp_path):
    store = Store(tmp_path)
    assert not store.has("training", "k")
    assert store.keys("training") == ()
    store.write("training", "k", note("one"))
    assert (store.path("training", "k") / "note").read_text() == "one"
    assert store.has("training", "k")
    assert store.keys("training") == ("k",)


def test_the_second_writer_keeps_what_the_first_one_wrote(tmp_path):
    store = Store(tmp_path)
    for text in ("one", "two"):
        store.write("training", "k", note(text))
    assert (store.path("training", "k") / "note").read_text() == "one"


def test_an_exception_while_writing_leaves_nothing(tmp_path):
    def fill(folder):
        (folder / "a").write_text("half")
        raise ZeroDivisionError

    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError):
        store.write("training", "k", fill)
    assert not store.has("training", "k")
    assert not left_over(tmp_path)


def test_a_process_that_dies_while_writing_leaves_no_entry_and_the_next_one_sweeps(tmp_path):
    fresh(DIE, tmp_path)
    store = Store(tmp_path)
    assert store.keys("training") == ()
    assert left_over(tmp_path)
    with store.locked():
        assert not left_over(tmp_path)


def test_a_full_disk_is_said_so_and_leaves_nothing_half_written(tmp_path):
    said = fresh(FULL_DISK, tmp_path)
    assert "Free some space" in said
    assert not Store(tmp_path).has("training", "k")
    assert not left_over(tmp_path)


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_folder_that_is_read_only_or_closed_is_said_so(mode):
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        Path(name).chmod(mode)
        try:
            said = fresh(READ_ONLY, name)
        finally:
            Path(name).chmod(0o755)
    assert said.count("Permission denied") == 2
    assert "choose another folder with out=" in said.lower()


def test_a_file_in_the_place_of_the_folder_is_said_so(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(RunFolderError, match="a file of that name is in its place"), Store(tmp_path / "run").locked():
        pass


def test_another_process_is_kept_out_until_the_holder_is_gone(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunFolderError, match="in use by another process"), Store(tmp_path).locked():
            pass
        os.kill(holder.pid, signal.SIGKILL)
    with Store(tmp_path).locked():
        pass


def test_one_process_may_lock_a_folder_twice(tmp_path):
    with Store(tmp_path).locked(), Store(tmp_path).locked():
        (tmp_path / ".partial-mine").write_text("being written")
        with Store(tmp_path).locked():
            assert left_over(tmp_path)  # the outer holder may be writing it


def test_a_folder_of_another_format_is_refused_not_rewritten(tmp_path):
    Store(tmp_path).write("training", "k", note("one"))
    marker = tmp_path / "store" / "format"
    assert marker.read_text() == FORMAT
    marker.write_text("0")
    with pytest.raises(RunFolderError, match="another version"):
        Store(tmp_path)
    assert marker.read_text() == "0"


def test_a_file_with_the_same_content_is_not_touched(tmp_path):
    path = tmp_path / "deep" / "file"
    write_file(path, b"one")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    write_file(path, b"one")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert not left_over(tmp_path)


def test_pictures_are_named_by_what_they_show():
    assert asset_name(b"a", "png") == asset_name(b"a", "png") != asset_name(b"b", "png")
    assert asset_name(b"", "png") == "e3b0c44298fc1c149afbf4c8.png"  # sha256 of nothing


def test_an_entry_that_another_process_wrote_in_the_meantime_stays(tmp_path):
    def fill(folder):
        note("ours")(folder)
        Store(tmp_path).write("training", "k", note("theirs"))

    place = Store(tmp_path).write("training", "k", fill)
    assert (place / "note").read_text() == "theirs"
    assert [path.name for path in place.parent.iterdir()] == ["k"]


def test_temporary_files_of_libraries_lie_in_the_run_folder_meanwhile(tmp_path):
    store, usual = Store(tmp_path), tempfile.gettempdir()
    with store.temporaries() as place:
        assert Path(tempfile.mkdtemp()).parent == place
        assert place.parent == tmp_path
    assert tempfile.gettempdir() == usual
    assert list(tmp_path.iterdir()) == []
