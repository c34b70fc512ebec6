from tests.stages.walk import TINY


def test_the_incumbent_is_trial_0_and_never_lost(tuned, regularized):
    table = next(block for block in tuned["random_search"].blocks if block.kind == "table")
    assert sorted(row[0] for row in table.rows) == list(range(TINY.trials))
    assert tuned["random_search"].status in ("passed", "noted")
    if tuned["random_search"].status == "noted":
        assert tuned.decided["incumbent"] == regularized.decided["incumbent"]
    assert tuned.decided["candidates"][0] == tuned.decided["incumbent"]
