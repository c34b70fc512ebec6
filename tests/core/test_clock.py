import time

from wizard.core.clock import Clock


def test_credited_work_counts_as_spent_but_not_as_time():
    clock = Clock()
    clock.credit(100.0)
    assert 100.0 <= clock.spent() < 101.0
    assert clock.now() < 1.0


def test_the_clock_goes_on():
    clock = Clock()
    time.sleep(0.02)
    assert clock.spent() >= 0.02
