import inspect

import pytest

from wizard.core import errors


def test_every_error_is_ours_and_also_a_builtin_that_callers_expect():
    ours = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.WizardError)]
    builtins = (ValueError, RuntimeError, OSError, NotImplementedError)
    assert len(ours) > 5
    assert all(issubclass(c, builtins) for c in ours if c is not errors.WizardError)


@pytest.mark.parametrize(
    ("word", "hint"),
    [("acuracy", " Did you mean 'accuracy'?"), ("zzz", ""), ("", ""), (3, "")],
)
def test_the_nearest_word_is_suggested_and_only_if_it_is_near(word, hint):
    assert errors.nearest(word, ["accuracy", "rmse"]) == hint


def test_long_lists_are_cut_and_what_is_missing_is_counted():
    assert errors.shortened(range(3)) == "0, 1, 2"
    assert errors.shortened(range(5), 2) == "0, 1 … and 3 more"
