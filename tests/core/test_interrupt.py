import textwrap

import pytest

from tests.interrupting import Started
from wizard.core.interrupt import GO_ON, INTERRUPTED, is_interrupt

PROGRAM = """
import hashlib, signal, sys, time
from wizard.core import interrupt

class Finaliser:
    def __del__(self):
        print("inside", flush=True)
        time.sleep(60)

def body():
{body}

try:
    with interrupt.one_clean_line():
        body()
except KeyboardInterrupt:
    interrupt.end_at_once()
print("ended")
"""
SLEEPS = 'print("inside", flush=True); time.sleep(60)'
SWALLOWS = """
print("inside", flush=True)
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        print("swallowed", flush=True)
"""
IN_C = 'print("inside", flush=True); hashlib.pbkdf2_hmac("sha512", b"", b"", 10**9)'
TURNED = f"""
try:
    {SLEEPS}
except KeyboardInterrupt:
    raise RuntimeError("the library broke")
"""
LOST = """
print("inside", flush=True)
sys.setswitchinterval(60)  # the thread that learns of Ctrl-C gets no turn before the error has arrived
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    pass
raise ImportError("as NumPy's extension says of an interrupt inside it")
"""
FINALISER = """
one = Finaliser()
del one
"""


def started(body):
    program = PROGRAM.format(body=textwrap.indent(textwrap.dedent(body), "    "))
    return Started("-c", program).until("inside")


@pytest.mark.parametrize("body", [SLEEPS, TURNED, FINALISER], ids=["plain", "turned into an error", "in a finaliser"])
def test_one_line_and_status_130_whatever_became_of_the_interrupt(body):
    process = started(body).interrupt()
    assert process.end() == INTERRUPTED
    assert process.said.split("\n") == ["inside", "", GO_ON, ""]


def test_an_interrupt_that_a_library_lost_just_before_its_error_is_still_one():
    process = started(LOST)
    assert process.end() == INTERRUPTED, process.said
    assert process.said.split("\n") == ["inside", "", GO_ON, ""]


@pytest.mark.parametrize("body", [SWALLOWS, IN_C], ids=["swallowed", "in C code"])
def test_what_does_not_let_go_is_ended_after_a_while(body):
    process = started(body).interrupt()
    assert process.end() == INTERRUPTED
    assert process.said.count(GO_ON) == 1
    assert "Traceback" not in process.said


def test_a_second_one_ends_the_process_at_once():
    process = started(SWALLOWS.replace('"swallowed"', 'interrupt.GRACE, "s left"')).interrupt().until("s left")
    process.interrupt()
    assert process.end() == INTERRUPTED
    assert process.said.count(GO_ON) == 1


def test_what_is_not_interrupted_is_left_alone():
    process = Started("-c", PROGRAM.format(body="    pass"))
    assert process.end() == 0
    assert process.said == "ended\n"


def test_an_interrupt_is_known_in_the_clothes_of_another():
    def turned(kind, text, cause):
        try:
            try:
                raise cause
            except BaseException:
                raise kind(text)  # noqa: B904
        except Exception as error:
            return error

    assert is_interrupt(KeyboardInterrupt())
    assert is_interrupt(turned(RuntimeError, "it broke", KeyboardInterrupt()))
    assert is_interrupt(SystemError("<built-in function x> returned NULL: bad argument to internal function"))
    assert not is_interrupt(turned(RuntimeError, "it broke", ValueError()))
    assert not is_interrupt(SystemError("error return without exception set"))
