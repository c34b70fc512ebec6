import numpy as np
import pandas as pd
import pytest

from tests.small import dataset_of
from wizard.core.errors import UnsupportedTaskError

N = 60
RANDOM = np.random.default_rng(0)
MONTHS = pd.date_range("2019-01-01", periods=N, freq="MS")
SALES = RANDOM.normal(100, 10, N)


@pytest.mark.parametrize("dates", [MONTHS, pd.date_range("2024-01-01", periods=N, freq="D"), MONTHS.strftime("%Y-%m")])
@pytest.mark.parametrize("options", [{}, {"time": "when"}, {"modality": "series"}])
def test_a_lone_calendar_looks_like_forecasting(dates, options):
    with pytest.raises(UnsupportedTaskError, match=r"forecasting.*known when the prediction is made"):
        dataset_of(pd.DataFrame({"when": dates, "sales": SALES}), "sales", **options)


@pytest.mark.parametrize(
    "honest",
    [
        pd.DataFrame({"when": MONTHS, "price": RANDOM.normal(size=N), "y": SALES}),
        pd.DataFrame({"when": MONTHS, "weekday": RANDOM.choice(["Mon", "Tue"], N), "y": SALES}),
        pd.DataFrame({"when": MONTHS, "y": RANDOM.choice(["rain", "sun"], N)}),
        pd.DataFrame({"when": MONTHS, "y": RANDOM.integers(0, 2, N)}),
        pd.DataFrame(
            {"born": pd.Timestamp("1950-01-01") + pd.to_timedelta(RANDOM.integers(0, 20_000, N), "D"), "y": SALES}
        ),
        pd.DataFrame({"year": np.arange(N), "y": SALES}),
    ],
    ids=["number beside", "category beside", "classes", "two values", "birthdays", "a number alone"],
)
def test_honest_tables_open(honest):
    assert len(dataset_of(honest, "y")) == N
