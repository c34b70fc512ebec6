def test_kept_only_beyond_the_noise(regularized):
    finding = regularized["weight_decay"]
    assert finding.status == ("passed" if finding.interval[0] > 0 else "noted")
    assert finding.headline.endswith("kept.")
