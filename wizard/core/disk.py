"""What a full, closed or broken disk does to us, in one sentence that says the way out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wizard.core.errors import RunFolderError, WizardError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # no space, no quota, a file larger than may be
CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turns what a full or closed disk makes of the writing inside into one sentence; other errors pass.

    Args:
        place: Folder or file that is written, to be named.

    Raises:
        RunFolderError: Where it cannot be written.
    """
    try:
        yield
    except WizardError:
        raise
    except Exception as error:
        if not (isinstance(error, OSError) or is_full(error)):
            raise
        raise could_not_write(place, error) from error


def could_not_write(place: Path, error: BaseException) -> RunFolderError:
    """Names the place, what is wrong with it, and the way out."""
    if is_full(error):
        what, fix = "there is no space left", "Free some space there, or choose another folder with out="
    elif isinstance(error, OSError) and error.errno in CLOSED:
        what = error.strerror or str(error)
        fix = "Make it writable, or choose another folder with out="
    else:
        what = getattr(error, "strerror", None) or str(error)
        fix = "Choose another folder with out="
    return RunFolderError(
        f"Could not write to {place}: {what}. {fix}, then run the same again: what is stored is kept."
    )


def is_full(error: BaseException | None) -> bool:
    """Whether an exception comes of a full disk, also where a library made one of its own of it."""
    seen: set[int] = set()
    words = [os.strerror(number) for number in FULL]
    while error is not None and id(error) not in seen:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if any(word in str(error) for word in words):  # TensorFlow and HDF5 keep the system's words only
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
