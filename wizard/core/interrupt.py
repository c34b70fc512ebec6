"""Ctrl-C on the command line: one clean line, whatever was running; a second one ends the process at once.

Nothing has to be saved: all that is on disk is whole at any moment. What is left is to end quietly, though Ctrl-C can
arrive in the middle of an import, inside TensorFlow, or where a library swallows it.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

INTERRUPTED = 130  # exit status of a command that Ctrl-C ended, as shells have it
GO_ON = "Stopped. What is done is stored: the same command goes on from here."
GRACE = 4.0  # seconds to let go in: a library may be in a long call, or have swallowed the interrupt
TENSORFLOW_INTERRUPTED = "bad argument to internal function"  # Ctrl-C inside a TensorFlow call, as a SystemError
_DONE = b"\0"  # no signal has this number


def is_interrupt(error: BaseException | None) -> bool:
    """Whether an exception is a Ctrl-C, also one that a library turned into an error of its own."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        if isinstance(error, SystemError) and TENSORFLOW_INTERRUPTED in str(error):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def one_clean_line() -> Iterator[None]:
    """Ends what runs inside with KeyboardInterrupt when Ctrl-C came, whatever became of the interrupt in between.

    Where it does not end within a few seconds, or Ctrl-C comes again, the process ends there and then, with the same
    line and status as otherwise. Outside the main thread, on Windows, and where somebody else watches Ctrl-C, nothing
    is changed.
    """
    is_ours = threading.current_thread() is threading.main_thread() and os.name == "posix"  # pipes cannot be waited for
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    watch = _Watch()
    try:
        yield
    except BaseException as error:
        watch.end()  # before it is asked: it may not have had its turn since Ctrl-C came
        if watch.is_interrupted or is_interrupt(error):
            raise KeyboardInterrupt from None
        raise
    watch.end()
    if watch.is_interrupted:
        raise KeyboardInterrupt


class _Watch:
    """A thread that learns of Ctrl-C even while the main one is inside somebody's C code."""

    def __init__(self) -> None:
        self.is_interrupted = False
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        self._before = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        self._thread = threading.Thread(target=self._run, name="ctrl-c", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stops watching."""
        signal.set_wakeup_fd(self._before)
        os.write(self._writing, _DONE)
        self._thread.join()
        os.close(self._reading)
        os.close(self._writing)
        sys.unraisablehook = self._hook

    def _run(self) -> None:
        if not self._comes(None):
            return
        self.is_interrupted = True
        if self._comes(GRACE):
            end_at_once()

    def _unraisable(self, what: Any) -> None:
        """Says nothing of an interrupt inside a callback or a finaliser, where Python swallows it."""
        if not is_interrupt(what.exc_value):
            self._hook(what)

    def _comes(self, seconds: float | None) -> bool:
        """Waits for Ctrl-C; False where the watch ends first. Time that runs out counts as another Ctrl-C."""
        while True:
            if not select.select([self._reading], [], [], seconds)[0]:
                return True
            came = os.read(self._reading, 1)
            if came == _DONE:
                return False
            if came == bytes([signal.SIGINT]):
                return True


def nothing_to_stop() -> None:
    """Lets a process that has done its work end in peace: Ctrl-C while Python and libraries take themselves down."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def end_at_once() -> None:
    """Ends the process with the line, its cursor shown again: nothing else of it runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN) if threading.current_thread() is threading.main_thread() else None
    cursor = "\x1b[?25h\r\x1b[K" if os.isatty(1) else ""  # shown again, on a line that is empty
    line = f"{cursor}\n{GO_ON}\n"
    os.write(1, line.encode())
    os._exit(INTERRUPTED)
