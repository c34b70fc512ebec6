def test_ranges_lie_around_the_incumbent(tuned, regularized):
    space = tuned.decided["search_space"]
    rate = regularized.decided["incumbent"].learning_rate
    assert space["learning_rate"]["low"] < rate < space["learning_rate"]["high"]
    assert tuned["search_space"].measured == len(space)
    assert "augment" not in space  # of pictures only
