from tests.stages.walk import walk


def test_noted_on_clean_data(overfitted):
    finding = overfitted["learning_curves"]
    assert finding.status == "noted"
    lines = finding.blocks[0].lines
    assert {line.name.split(", ")[1] for line in lines} == {"training", "validation"}
    assert all(len(line.x) == len(line.y) > 1 for line in lines)


def test_skipped_without_a_ladder(journeys):
    finding = walk(journeys["classes"], "overfit", "learning_curves")["learning_curves"]
    assert finding.status == "skipped"
