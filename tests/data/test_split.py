import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.core.errors import DataError
from wizard.data.dataset import Dataset
from wizard.data.rows import TableExamples
from wizard.data.split import N_FOLDS, draw_split
from wizard.data.task import Task, infer_task

QUICK = settings(max_examples=60, deadline=None)


def dataset(labels, **fields) -> Dataset:
    labels = np.asarray(labels)
    n = len(labels)
    main = np.zeros(n, "int64")
    return Dataset("d", "table", TableExamples(pd.DataFrame({"x": np.arange(n) * 1.0})), labels, "y",
                   where=np.arange(n).astype(str), **{"part": main} | fields)  # fmt: skip


def split(data, seed=0, copies=None):
    task = infer_task(data.labels, "y", None, "table")
    return draw_split(data, task, np.arange(len(data)) if copies is None else np.asarray(copies), seed)


def parts(one):
    return one.train, one.validation, one.test


labelled = st.integers(12, 200).flatmap(
    lambda n: st.lists(st.sampled_from("abc"), min_size=n, max_size=n).filter(lambda labels: len(set(labels)) > 1)
)


@QUICK
@given(labelled, st.integers(0, 5))
def test_every_row_is_in_exactly_one_set_and_no_set_is_empty(labels, seed):
    one = split(dataset(labels), seed)
    assert sorted(np.concatenate(parts(one)).tolist()) == list(range(len(labels)))
    assert all(len(part) for part in parts(one))
    assert len(one.train) >= len(labels) / 2


@QUICK
@given(st.lists(st.integers(10, 80), min_size=2, max_size=4), st.integers(0, 5))
def test_classes_keep_their_shares_within_one_row(sizes, seed):
    labels = np.repeat([f"class {i}" for i in range(len(sizes))], sizes)
    one = split(dataset(labels), seed)
    for number, size in enumerate(sizes):
        n_test = int((labels[one.test] == f"class {number}").sum())
        n_validation = int((labels[one.validation] == f"class {number}").sum())
        assert abs(n_test - 0.15 * size) <= 1
        assert abs(n_validation - 0.15 * size) <= 1


@QUICK
@given(st.lists(st.integers(0, 25), min_size=60, max_size=150), st.integers(0, 3), st.booleans())
def test_groups_and_copies_never_straddle_a_split_or_a_fold(numbers, seed, as_group):
    labels = np.resize(["a", "b"], len(numbers))
    if len(set(numbers)) < 6:
        return
    data = dataset(labels, group=np.array(numbers).astype(str)) if as_group else dataset(labels)
    one = split(data, seed, None if as_group else numbers)
    for sides in (parts(one), *one.folds):
        seen = [set(np.array(numbers)[side]) for side in sides]
        assert sum(map(len, seen)) == len(set().union(*seen))


def test_rows_linked_by_a_group_or_by_copies_stay_together():
    labels = np.resize(["a", "b"], 60)
    group = np.arange(60).astype(str)
    group[:2] = "g"  # rows 0 and 1 by group; 1 and 2 are copies
    copies = np.arange(60)
    copies[2] = copies[1]
    for seed in range(20):
        one = split(dataset(labels, group=group), seed, copies)
        assert sum(bool(np.isin([0, 1, 2], part).any()) for part in parts(one)) == 1


@QUICK
@given(st.lists(st.integers(0, 40), min_size=20, max_size=120).filter(lambda t: len(set(t)) > 5))
def test_training_comes_before_validation_before_test(moments):
    time = np.array(moments, "float64")
    one = split(dataset(np.resize(["a", "b"], len(time)), time=time))
    assert time[one.train].max() < time[one.validation].min()
    assert time[one.validation].max() < time[one.test].min()
    assert one.folds == ()


@pytest.mark.parametrize(("given", "number"), [("validation", 1), ("test", 2)])
def test_sets_given_by_the_user_are_taken_as_they_are(given, number):
    part = np.zeros(60, "int64")
    part[[3, 5, 50]] = number
    one = split(dataset(np.resize(["a", "b"], 60), part=part), copies=np.zeros(60, int) + np.arange(60) // 2)
    assert getattr(one, given).tolist() == [3, 5, 50]
    assert f"{given} set given by the user" in one.how
    assert len(one.train)
    assert len(one.validation)
    assert len(one.test)


def test_the_same_seed_draws_the_same_and_another_one_does_not():
    data = dataset(np.resize(["a", "b", "c"], 90))
    assert split(data, 1).key == split(data, 1).key != split(data, 2).key
    assert [part.tolist() for part in parts(split(data, 1))] == [part.tolist() for part in parts(split(data, 1))]


@QUICK
@given(st.integers(12, 120), st.integers(0, 3))
def test_folds_hold_every_known_row_out_exactly_once(n, seed):
    one = split(dataset(np.resize(["a", "b"], n)), seed)
    assert len(one.folds) == N_FOLDS
    assert sorted(np.concatenate([held for _, held in one.folds]).tolist()) == one.known.tolist()
    for train, held in one.folds:
        assert sorted([*train, *held]) == one.known.tolist()
        assert not np.isin(one.test, train).any()


def test_many_validation_rows_need_no_folds():
    assert split(dataset(np.resize(["a", "b"], 8000))).folds == ()


@QUICK
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), min_size=2, max_size=14))
def test_tiny_data_give_three_sets_or_a_clear_error(drawn):
    labels, copies = zip(*drawn, strict=True)
    if len(set(labels)) < 2:
        return
    try:
        one = split(dataset(labels), copies=np.unique(copies, return_inverse=True)[1])
    except DataError as error:
        said = str(error)
    else:
        assert all(len(part) for part in parts(one))
        return
    assert "Received" in said or "Bring more groups" in said


def test_a_regression_target_keeps_its_tenths():
    y = np.random.default_rng(0).lognormal(0, 2, 1000)
    one = draw_split(dataset(y), Task(kind="regression", target="y"), np.arange(1000), 0)
    edges = np.quantile(y, [0.25, 0.5, 0.75])
    for part in parts(one):
        shares = np.bincount(np.searchsorted(edges, y[part]), minlength=4) / len(part)
        assert shares == pytest.approx([0.25] * 4, abs=0.05)
