"""Small data sets that many tests share."""

import pytest

from tests.small import dataset_of, some_amounts, some_digits, some_rows, some_texts


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
