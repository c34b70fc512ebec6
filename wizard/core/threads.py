"""How many threads TensorFlow gives to one operation: one, where data are small."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

from wizard.core.progress import say

VARIABLE = "TF_NUM_INTRAOP_THREADS"  # TensorFlow's own; read when it starts, and not again in a process
SMALL_ROWS, SMALL_EXAMPLE = 5_000, 2_000  # at most so many examples, of so many numbers or characters each
# Calibrated on two cores, seconds of the same runs with one thread an operation and two: digits 4.5 and 9, series
# (convnet_1d .27 and .44, inception_time .34 and .6), realmlp .68 and .97, tabm .73 and .93, bag of n-grams .9 and 1.2,
# text_cnn .41 and .46, transformer and 28 x 28 pictures alike; 24,000 rows of tabm 2.6 and 2.2. What is handed from
# thread to thread takes longer there than it computes. Operations still run beside each other.


def suit(examples: Any) -> None:
    """Has TensorFlow compute an operation in one thread where data are small; says so, and where it cannot be changed.

    A process has one number of threads, that of its first data. What is set by hand (TF_NUM_INTRAOP_THREADS) stays, and
    so does a TensorFlow that was loaded before.

    Args:
        examples: Those of the data set.
    """
    cores = os.cpu_count() or 1
    if cores < 2:
        return
    is_small = len(examples) <= SMALL_ROWS and all(
        _numbers(examples[i]) <= SMALL_EXAMPLE for i in range(0, len(examples), max(1, len(examples) // 10))
    )
    is_loaded, given = "tensorflow" in sys.modules, os.environ.get(VARIABLE)
    if is_small and not is_loaded and given is None:
        os.environ[VARIABLE] = "1"
        say(f"  one thread an operation, as the data are small ({VARIABLE} of your own comes first)")
    elif not is_small and given == "1":
        say(
            f"  TensorFlow computes an operation in one of {cores} threads here ({VARIABLE}=1), which suits small "
            "data: these may go faster in a Python of their own."
        )


def _numbers(example: Any) -> int:
    """Numbers, columns or characters of one example."""
    return len(example) if isinstance(example, (str, dict)) else int(np.size(example))  # NumPy's words say size 1
