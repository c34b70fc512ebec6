from wizard.core.seeds import derive, generator


def test_seeds_are_the_same_on_every_machine():
    assert derive(0, "split") == 0x68A30A9F  # printf 0/split | sha256sum
    assert derive(0, "split", "test") == 0x3309DA61  # b309da61 without its highest bit
    assert derive(7, "run", 0) == 0x492771CA


def test_every_use_has_a_seed_of_its_own():
    uses = [(seed, use, i) for seed in range(10) for use in ("split", "order", "weights") for i in range(10)]
    assert len({derive(seed, use, i) for seed, use, i in uses}) == len(uses)


def test_a_generator_starts_anew_each_time():
    assert generator(3, "order").integers(0, 1000, 5).tolist() == generator(3, "order").integers(0, 1000, 5).tolist()
    assert generator(3, "order").random() != generator(4, "order").random()
