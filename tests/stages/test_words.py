import pytest

from wizard.stages.ensemble import _without_step
from wizard.stages.words import count


@pytest.mark.parametrize(
    ("n", "noun", "words"),
    [(1, "epoch", "1 epoch"), (2, "epoch", "2 epochs"), (3, "batch", "3 batches"), (1_797, "entry", "1,797 entries")],
)
def test_things_are_counted_in_plain_english(n, noun, words):
    assert count(n, noun) == words


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ("members: seed 103 of the winner", "seed 103 of the winner"),
        ("seeds of what is compared with: 1 of 2", "seeds of what is compared with: 1 of 2"),
        ("leave_training: epochs of a longer run: 3 of 24", "epochs of a longer run: 3 of 24"),
        ("distill", "distill"),
    ],
)
def test_what_was_left_out_is_said_without_its_step_and_nothing_else_is_lost(cut, words):
    assert _without_step(cut) == words
