import numpy as np

from tests.small import dataset_of, some_texts
from wizard.data.copies import find_copies

LONG = "Your parcel has left our warehouse this morning and will be with you between nine and eleven o'clock on Friday."


def copies_of(texts):
    return find_copies(dataset_of((texts, np.resize(["a", "b"], len(texts))), modality="text"), 0)


def pairs(copies):
    return {tuple(pair) for pair in copies.near.tolist()}


def test_case_signs_markup_and_a_slip_of_the_pen_make_near_copies():
    texts, _ = some_texts(200)
    changed = [LONG.upper(), f"<p>{LONG}</p>", LONG.replace(",", ""), LONG.replace("Friday", "Fryday")]
    copies = copies_of([*texts, LONG, *changed])
    assert len(set(copies.sets[200:].tolist())) == 1
    assert len(np.unique(copies.sets)) == 201


def test_another_text_from_the_same_form_is_no_copy():
    texts = [f"Dear {name}, {order} is on its way to {city}." for name, order, city in (
        ("Ms Ahmadi", "a red bicycle with three gears", "Leipzig"), ("Mr Okonkwo", "your kitchen table", "Vienna"),
        ("Dr Lindqvist", "the order of nine books", "Gothenburg"))]  # fmt: skip
    assert not pairs(copies_of(texts))


def test_equal_texts_are_exact_and_no_near_copies():
    copies = copies_of([LONG, "Something else altogether", LONG, "And a third thing"])
    assert copies.exact[0] == copies.exact[2]
    assert not pairs(copies)


def test_short_texts_are_copies_only_if_their_words_are_equal():
    copies = copies_of(["Ok lor.", "ok LOR", "Ok for", "?!", "!?", "我爱北京", "我爱北京!", "我爱南京"])
    assert pairs(copies) == {(0, 1), (5, 6)}


def test_a_template_over_most_of_the_data_does_not_chain_it_together():
    texts = [f"{LONG[:-8]} the {number} of June." for number in range(100)]
    assert len(np.unique(copies_of(texts).sets)) == 100
