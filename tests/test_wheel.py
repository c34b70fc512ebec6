"""What is installed is what is in the repository: code, templates and sample data."""

import os
import subprocess
import sys
import zipfile

import pytest

from tests.small import ROOT, fresh

FIND = """
import wizard
from wizard.core.shipped import shipped
print(wizard.__file__, shipped("templates"), shipped("sample_data"), sep="\\n")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def files_below(folder, *suffixes):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in suffixes}


def test_all_code_templates_and_sample_data_are_in_the_wheel(unpacked):
    code = {path for path in files_below(unpacked / "wizard", ".py") if not path.startswith("_shipped")}
    assert code == files_below(ROOT / "wizard", ".py")
    for folder in ("templates", "sample_data"):
        kinds = (".html", ".css", ".js", ".csv", ".png", ".npz", ".md")
        inside = files_below(unpacked / "wizard" / "_shipped" / folder, *kinds)
        assert inside == files_below(ROOT / folder, *kinds)
        assert inside


def test_an_installation_finds_its_own_files(unpacked, tmp_path):
    found = fresh(FIND, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unpacked)}).splitlines()
    assert all(path.startswith(str(unpacked)) for path in found)


def test_a_checkout_finds_its_own_files():
    assert fresh(FIND).splitlines()[1:] == [str(ROOT / "templates"), str(ROOT / "sample_data")]
