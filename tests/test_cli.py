import subprocess
import sys

import pytest

from tests.small import ROOT, short_recipe, some_rows
from wizard import __version__
from wizard.cli import main
from wizard.core.config import TrainingConfig

LINEAR = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)


@pytest.fixture
def table(tmp_path):
    some_rows(120).to_csv(tmp_path / "customers.csv", index=False)
    return tmp_path / "customers.csv"


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "wizard.cli", *map(str, arguments)], capture_output=True, text=True, cwd=ROOT
    )


def test_the_version_is_printed():
    done = command("--version")
    assert (done.returncode, done.stdout) == (0, f"wizard {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "nowhere.csv", "--target", "y"), "nowhere.csv"),
        (("run", "{table}", "--target", "bougt"), "Did you mean 'bought'"),
        (("run", "{table}", "--target", "bought", "--budget", "soon"), "budget must be"),
        (("report", "nowhere"), "holds no results"),
    ],
)
def test_a_mistake_ends_with_a_sentence_on_stderr_and_status_2(arguments, says, table):
    done = command(*(str(argument).format(table=table) for argument in arguments))
    assert done.returncode == 2
    assert done.stderr.startswith("wizard: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("fly",), ("run",), ("demo", "birds"), ("run", "a", "--gates", "off")], ids=str
)
def test_a_wrong_command_line_shows_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: wizard" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_walks_all_stages_and_its_pages_can_be_rebuilt_byte_by_byte(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(LINEAR))
    assert main(["run", str(table), "--target", "bought", "--budget", "quick", "--out", str(tmp_path / "runs")]) == 0
    out = capsys.readouterr().out
    assert "6/6 ensemble" in out
    assert "What was found" in out
    folder = tmp_path / "runs" / "customers"
    assert f"Open {folder / 'index.html'}" in out
    pages = {path: path.read_bytes() for path in folder.rglob("*.html")}
    assert len(pages) == 7
    for path in pages:
        path.unlink()
    done = command("report", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path: path.read_bytes() for path in folder.rglob("*.html")} == pages


def test_a_failed_gate_ends_with_status_1_unless_asked_to_go_on(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(LINEAR, failing=("loss_at_init",)))
    arguments = ["run", str(table), "--target", "bought", "--budget", "quick", "--out", str(tmp_path / "runs")]
    assert main(arguments) == 1
    assert "closed a gate" in capsys.readouterr().out


def test_an_interruption_says_how_to_go_on(table, tmp_path, monkeypatch, capsys):
    def interrupted(stage):
        raise KeyboardInterrupt

    monkeypatch.setattr("wizard.stages.stage.steps_of", interrupted)
    assert main(["run", str(table), "--target", "bought", "--out", str(tmp_path / "runs")]) == 130
    assert "the same command goes on from here" in capsys.readouterr().out
