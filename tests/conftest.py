"""Small data sets that many tests share."""

import gc
import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # as for small data in a process of their own: the same bits
if "PYTEST_XDIST_WORKER" in os.environ:  # processes whose threads wait for each other's took ten times as long
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from tests.small import dataset_of, some_amounts, some_digits, some_rows, some_texts

HERE = Path(__file__).parent


SHARED = ("journey", "explored")  # fixtures that take long, and what is built on them: made in one process only


@pytest.hookimpl(tryfirst=True)  # before the plug-in reads the marks
def pytest_collection_modifyitems(items):
    """Keeps the tests of a file, or those that share a long fixture, in one process, and nothing else."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        is_shared = bool(set(SHARED) & set(item.fixturenames))
        made_of = parameters.get("kind", parameters.get("journey", "classes"))
        item.add_marker(pytest.mark.xdist_group(f"made of {made_of}" if is_shared else str(item.path)))


def pytest_collection_finish():
    """The tests themselves stay to the end: collections pass over them."""
    gc.freeze()


@pytest.fixture(scope="session")
def digits():
    """200 pictures of 8 × 8 pixels in 10 classes."""
    return dataset_of(some_digits(200))


@pytest.fixture(scope="session")
def rows():
    """300 rows with numbers, categories, dates and gaps, in 2 classes."""
    return dataset_of(some_rows(300), "bought")


@pytest.fixture(scope="session")
def amounts():
    """300 rows with a price to predict."""
    return dataset_of(some_amounts(300), "price")


@pytest.fixture(scope="session")
def texts():
    """200 short texts of 2 classes."""
    return dataset_of(some_texts(200))
