"""A real chief and real workers on loopback; the workers are threads here, or processes that train nothing."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import keras_tuner.src.distribute.oracle_chief
import keras_tuner.src.distribute.oracle_client  # noqa: F401  loaded before clocks run: it takes long on a busy machine
import pytest

from wizard.core.errors import OptionError
from wizard.training import chief as chief_module
from wizard.training import serving
from wizard.training.chief import Chief
from wizard.training.launcher import Launcher
from wizard.training.roles import LOOPBACK, Role, Team
from wizard.training.search import TrialFailed, search
from wizard.training.space import Dimension
from wizard.training.worker import ChiefGone, Found, work

SPACE = (
    Dimension(name="learning_rate", kind="log", low=1e-4, high=1e-1, now=3e-3),
    Dimension(name="hp.width", kind="choice", options=(16, 32, 64), now=32),
)
ALONE = Team(0)  # a chief that starts nobody
TEST_ENDS = 240.0  # seconds after which a search is given up, so that a mistake is no hang


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("wizard.training.worker.PAUSE", 0.02)
    monkeypatch.setattr("wizard.training.worker.PATIENCE", 1.0)
    monkeypatch.setattr(serving, "PAUSE", 0.02)


class Served:
    """A search whose trials a chief hands out; notes what it is told."""

    def __init__(self, monkeypatch, trials=6, team=ALONE, lasts=TEST_ENDS, looked=lambda *one: "", **options):
        self.monkeypatch, self.team, self.looked = monkeypatch, team, looked
        self.ended, self.lines, self.here = {}, [], []
        self.listens, self.lasts = threading.Event(), lasts
        self.trials, self.options, self.usual = trials, options, 0.0

    def ends(self, number, values, looks, batch, failure):
        assert number not in self.ended, "a trial ended twice"
        self.ended[number] = (values, batch, failure)
        if failure:
            raise TrialFailed(failure)
        return values["learning_rate"]

    def together(self, oracle, first):
        self.chief = Chief(oracle, SPACE, first, self.trials, lambda number: True, self.looked, self.ends,
                           lambda: self.usual)  # fmt: skip
        with tempfile.TemporaryDirectory() as logs:
            left = serving.serve(self.chief, self.team, self.announce, self.lines.append,
                                 lambda: self.until - time.monotonic(), Path(logs))  # fmt: skip
        return self.chief.done, left

    def announce(self, ip, port):
        self.ip, self.port, self.until = ip, port, time.monotonic() + self.lasts
        self.monkeypatch.setenv("KERASTUNER_ORACLE_IP", ip)
        self.monkeypatch.setenv("KERASTUNER_ORACLE_PORT", str(port))
        self.monkeypatch.setenv("KERASTUNER_TUNER_ID", "chief")
        self.listens.set()

    def run(self):
        def evaluate(number, values, looks):
            self.here.append(number)
            return values["learning_rate"]

        return search(SPACE, evaluate, is_higher_better=True, trials=self.trials, goes_on=lambda number: True, seed=0,
                      together=self.together, **self.options)  # fmt: skip


def worker(served, name, judge):
    """A worker in a thread; what it raised is in the list that comes back."""
    raised = []

    def go():
        served.listens.wait(TEST_ENDS)
        try:
            work(Role(name, served.ip, served.port), judge)
        except BaseException as error:
            raised.append(error)

    threading.Thread(target=go, daemon=True).start()
    return raised


def found(number, values, looks, look):
    time.sleep(0.02)
    return Found(values["learning_rate"], 32)


def alone(trials, **options):
    return search(SPACE, lambda number, values, looks: values["learning_rate"], is_higher_better=True, trials=trials,
                  goes_on=lambda number: True, seed=0, **options)  # fmt: skip


@pytest.mark.parametrize("tuner", ["random", "bayesian"])
def test_two_workers_run_every_trial_once(monkeypatch, tuner):
    served, did = Served(monkeypatch, tuner=tuner), {"a": 0, "b": 0}

    def counted(name):
        def judge(*trial):
            did[name] += 1
            return found(*trial)

        return judge

    raised = [worker(served, name, counted(name)) for name in did]
    tried = served.run()
    assert [trial.number for trial in tried] == list(range(6))
    assert served.here == [0]  # the start is the chief's own
    assert sorted(served.ended) == [1, 2, 3, 4, 5]
    assert sum(did.values()) == 5
    assert min(did.values()) > 0
    assert raised == [[], []]
    if tuner == "random":  # what is proposed does not depend on who runs it, to the last digit
        assert [trial.values for trial in tried] == [trial.values for trial in alone(6)]


def test_a_worker_that_comes_back_under_its_name_gets_its_trial_again(monkeypatch):
    served, first, again = Served(monkeypatch, trials=4), [], []

    def dies(number, values, looks, look):
        first.append((number, values))
        raise SystemExit  # the thread ends here, and nobody says so to the chief

    def goes_on(number, values, looks, look):
        again.append((number, values))
        return Found(1.0, 32)

    def come_back():
        while not first:
            time.sleep(0.02)
        worker(served, "worker-1", goes_on)

    worker(served, "worker-1", dies)
    threading.Thread(target=come_back, daemon=True).start()
    tried = served.run()
    assert again[0] == first[0]
    assert [number for number, _ in again] == [1, 2, 3]
    assert len(tried) == 4


def test_a_trial_of_a_worker_that_never_comes_back_is_taken_over(monkeypatch):
    monkeypatch.setattr(chief_module, "LEAST_LATE", 0.3)
    served, begun = Served(monkeypatch, trials=5), threading.Event()

    def dies(number, values, looks, look):
        begun.set()
        raise SystemExit

    def waits(*trial):
        begun.wait(TEST_ENDS)
        return found(*trial)

    worker(served, "gone", dies)
    worker(served, "stays", waits)
    assert [trial.score is None for trial in served.run()] == [False] * 5


def dies(number, values, looks, look):
    raise SystemExit  # the thread ends here, and nobody says so to the chief


def test_a_trial_whose_worker_died_keeps_no_search_from_its_end(monkeypatch):
    served, begun = Served(monkeypatch, lasts=1.0), []

    def ends_one(*trial):
        begun.append(trial[0])
        return found(*trial) if len(begun) == 1 else dies(*trial)

    worker(served, "worker-1", ends_one)
    assert [trial.number for trial in served.run()] == [0, 1]
    assert served.lines == ["trial 2 was not ended in time and is left out"]


def test_where_no_worker_is_heard_any_more_the_search_goes_on_here_while_there_is_time(monkeypatch):
    monkeypatch.setattr(chief_module, "LEAST_LATE", 0.2)
    served = Served(monkeypatch, trials=4)
    worker(served, "worker-1", dies)
    assert [trial.score is None for trial in served.run()] == [False] * 4
    assert served.here == [0, 1, 2, 3]


def test_without_a_limit_a_worker_that_died_is_asked_back_and_then_done_without(monkeypatch):
    monkeypatch.setattr(chief_module, "LEAST_LATE", 0.2)
    monkeypatch.setattr(serving, "QUIET", 1.0)
    served = Served(monkeypatch, trials=3, lasts=float("inf"))
    worker(served, "worker-1", dies)
    started = time.monotonic()
    assert [trial.number for trial in served.run()] == [0, 1, 2]
    assert served.here == [0, 1, 2]
    assert time.monotonic() - started > serving.QUIET
    assert "no trial ended for long; if worker-1 died, start it again under the same name" in served.lines


def test_a_worker_is_waited_for_as_long_as_a_trial_usually_takes(monkeypatch):
    monkeypatch.setattr(chief_module, "LEAST_LATE", 0.0)
    served = Served(monkeypatch, trials=3)
    served.usual = 0.5

    def slow(number, values, looks, look):
        time.sleep(1.0)
        return found(number, values, looks, look)

    worker(served, "worker-1", slow)
    served.run()
    assert served.here == [0]


def test_a_chief_waits_for_the_first_worker_to_join(monkeypatch):
    monkeypatch.setattr(chief_module, "LEAST_LATE", 0.1)
    monkeypatch.setattr(serving, "QUIET", 0.1)
    served = Served(monkeypatch, trials=3)

    def join():
        served.listens.wait(TEST_ENDS)
        time.sleep(1.0)
        worker(served, "worker-1", found)

    threading.Thread(target=join, daemon=True).start()
    served.run()
    assert served.here == [0]


def test_a_worker_is_not_heard_once_its_trial_was_taken_back(monkeypatch):
    served = Served(monkeypatch)

    def together(oracle, first):
        chief = Chief(oracle, SPACE, first, 6, lambda number: True, served.looked, served.ends, lambda: 0.0)
        trial = chief.create_trial("worker-1")
        left = chief.take_back()
        trial.status = "COMPLETED"
        chief.end_trial(trial)
        assert chief.create_trial("worker-1").status == "IDLE"
        return chief.done, left

    monkeypatch.setattr(served, "together", together)
    assert len(served.run()) == 6
    assert served.here == list(range(6))


def test_a_failure_is_recorded_with_its_reason_and_a_hopeless_trial_is_given_up(monkeypatch):
    served, kept = Served(monkeypatch, trials=4, looked=lambda number, values, batch: "hopeless" * (number == 2)), {}

    def judge(number, values, looks, look):
        if number == 1:
            return Found(None, 32, "the training loss became nan")
        kept[number] = look(0.5, 16)
        return Found(0.5, 16)

    worker(served, "worker-1", judge)
    tried = served.run()
    assert tried[1].failure == "the training loss became nan"
    assert kept == {2: False, 3: True}
    assert served.ended[3][1] == 16  # the batch that the worker could hold


def test_the_search_ends_when_its_time_is_over(monkeypatch):
    served = Served(monkeypatch, trials=10_000, lasts=0.5)
    worker(served, "worker-1", found)
    assert 1 < len(served.run()) < 1000


def test_hyperband_waits_for_what_it_must_know(monkeypatch):
    served = Served(monkeypatch, trials=8, tuner="hyperband", looks=9)
    for name in "ab":
        worker(served, name, found)
    assert len(served.run()) == 8


def test_a_mistake_in_the_chief_ends_the_search(monkeypatch):
    def broken(number, values, batch):
        raise ZeroDivisionError("a mistake")

    served = Served(monkeypatch, looked=broken)
    worker(served, "worker-1", lambda number, values, looks, look: Found(float(look(0.5, 32)), 32))
    with pytest.raises(ZeroDivisionError):
        served.run()


def test_a_worker_without_a_chief_gives_up():
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERASTUNER_ORACLE_IP", LOOPBACK)
        patch.setenv("KERASTUNER_ORACLE_PORT", str(port))
        patch.setenv("KERASTUNER_TUNER_ID", "worker-1")
        with pytest.raises(ChiefGone):
            work(Role("worker-1", LOOPBACK, port), found)


def test_an_address_that_is_taken_is_refused(monkeypatch):
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        served = Served(monkeypatch, team=Team(0, LOOPBACK, taken.getsockname()[1]))
        with pytest.raises(OptionError, match="another process listens there"):
            served.run()


WORKER = """
import os, sys, time
from wizard.training.roles import role_of, end_with_chief
from wizard.training.worker import Found, work
end_with_chief()
role = role_of(os.environ)
slow = float(sys.argv[1])

def judge(number, values, looks, look):
    print(f"{role.name} runs {number}", flush=True)
    time.sleep(slow)
    return Found(values["learning_rate"], 32)

work(role, judge)
"""


def name_of(pid):
    """The name that a process works under, as soon as it runs."""
    until = time.monotonic() + TEST_ENDS
    while time.monotonic() < until:
        with open(f"/proc/{pid}/environ") as environment:
            lines = dict(line.split("=", 1) for line in environment.read().split("\0") if line)
        if lines:
            return lines["KERASTUNER_TUNER_ID"]
        time.sleep(0.02)
    return None


SLEEPS = (sys.executable, "-S", "-c", "import time; time.sleep(60)")


def test_a_dead_worker_is_started_again_under_its_name_until_its_trial_is_to_blame(monkeypatch, tmp_path):
    served = Served(monkeypatch)

    def together(oracle, first):
        chief = served.chief = Chief(oracle, SPACE, first, 6, lambda number: True, served.looked, served.ends,
                                     lambda: 0.0)  # fmt: skip
        launcher, said = Launcher(2, LOOPBACK, 1, SLEEPS, tmp_path), []
        launcher.start()
        try:
            chief.create_trial("worker-1")
            assert launcher.tend(chief) == []
            for _ in range(3):
                launcher.processes["worker-1"].kill()
                launcher.processes["worker-1"].wait()
                said += launcher.tend(chief)
            assert name_of(launcher.processes["worker-1"].pid) == "worker-1"
            assert launcher.processes["worker-1"].poll() is None
            assert not launcher.has_none_left
        finally:
            launcher.stop()
        assert [line.split("; ")[1] for line in said] == [
            "it starts again under its name and goes on with its trial",
            "it starts again under its name and goes on with its trial",
            "it starts again under its name",
        ]
        return chief.done, chief.take_back()

    monkeypatch.setattr(served, "together", together)
    tried = served.run()
    assert tried[1].failure == "its process died 3 times (signal 9)"
    assert served.here == [0, 2, 3, 4, 5]


@pytest.mark.long
def test_a_process_that_is_killed_is_started_again_under_its_name_and_nothing_is_lost(monkeypatch):
    served = Served(monkeypatch, trials=5, team=Team(2, command=(sys.executable, "-c", WORKER, "0.5")))
    start, started = Launcher._start, []

    def noted(self, name):
        start(self, name)
        started.append((name, self.processes[name].pid))

    def kill():
        while not served.listens.is_set() or not served.chief.has_trial("worker-1"):
            time.sleep(0.02)
        os.kill(dict(started)["worker-1"], signal.SIGKILL)

    monkeypatch.setattr(Launcher, "_start", noted)
    threading.Thread(target=kill, daemon=True).start()
    tried = served.run()
    assert [trial.score is None for trial in tried] == [False] * 5
    assert served.lines == ["worker-1 died (signal 9); it starts again under its name and goes on with its trial"]
    assert [name for name, _ in started] == ["worker-1", "worker-2", "worker-1"]
    for _, pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_where_no_worker_lives_the_search_goes_on_in_this_process(monkeypatch):
    served = Served(
        monkeypatch, trials=3, team=Team(2, command=(sys.executable, "-c", "raise ValueError('no such data')"))
    )
    assert len(served.run()) == 3
    assert served.here == [0, 1, 2]
    assert sum("is given up: ValueError: no such data" in line for line in served.lines) == 2


@pytest.mark.long
def test_a_trial_that_kills_its_worker_three_times_is_a_failure(monkeypatch):
    kills = "import os, signal\n" + WORKER.replace("time.sleep(slow)", "number == 1 and os.kill(os.getpid(), 9)")
    served = Served(monkeypatch, trials=4, team=Team(2, command=(sys.executable, "-c", kills, "0")))
    tried = served.run()
    assert tried[1].failure == "its process died 3 times (signal 9)"
    assert [trial.score is None for trial in tried] == [False, True, False, False]


def test_an_interruption_of_the_chief_ends_its_workers(monkeypatch):
    served = Served(monkeypatch, team=Team(2, command=(sys.executable, "-c", WORKER, "60")))
    pids = []

    def looked(self, chief):
        pids.extend(process.pid for process in self.processes.values())
        raise KeyboardInterrupt

    monkeypatch.setattr(Launcher, "tend", looked)
    with pytest.raises(KeyboardInterrupt):
        served.run()
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_workers_end_when_their_chief_is_killed(tmp_path):
    code = (
        "import os, pathlib, sys\n"
        "from wizard.training.launcher import Launcher\n"
        f"launcher = Launcher(1, '{LOOPBACK}', 1, [sys.executable, '-c', 'from wizard.training.roles import "
        f"end_with_chief; import time; end_with_chief(); time.sleep(60)'], pathlib.Path({str(tmp_path)!r}))\n"
        "launcher.start()\n"
        "print(launcher.processes['worker-1'].pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    chief = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (tmp_path / "worker-1.log").exists()
    pid, until = int(chief.stdout), time.monotonic() + TEST_ENDS
    while time.monotonic() < until and not is_gone(pid):
        time.sleep(0.1)
    assert is_gone(pid)


def is_gone(pid):
    """Whether a process ended; a zombie that nobody waits for did."""
    try:
        with open(f"/proc/{pid}/stat") as state:
            return state.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
