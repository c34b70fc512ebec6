"""Texts to codes: scripts, markup, emoji, and the same in Python and in the saved graph."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small import dataset_of, fresh, some_texts
from wizard.data.modalities.text import TextPreparation, rounded_up, tokens_of
from wizard.data.texts import TextExamples
from wizard.export.layers import Predictor

ODD = [
    "",
    "   ",
    "Ünseen wörds",
    "我爱北京",
    "👍🏽 ok",
    "<b>my</b> wave &amp; sail",
    "the " * 30_000,
    "a\0b",
    "the old sail\n",
]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don’t STOP!!! £10", "don't stop !!! £ 10"),
        ("我爱北京。Hello", "我 爱 北 京 。 hello"),
        ("東京タワー", "東 京 タ ワ ー"),
        ("ดีครับ", "ดี ค รั บ"),
        ("안녕하세요 여러분", "안녕하세요 여러분"),
        ("👍🏽👨\u200d👩\u200d👧🇩🇪🇫🇷❤\ufe0fok", "👍🏽 👨\u200d👩\u200d👧 🇩🇪 🇫🇷 ❤ ok"),
        ("<p class='x'>Hi<br/>you &amp; me</p><script>var x = 1 < 2</script>", "hi you & me"),
        ("a < b and c > d, <john@x.com>", "a < b and c > d , < john @ x . com >"),
        ("-----\nx\u3000y\u00a0z", "----- x y z"),
        ("", ""),
    ],
)
def test_texts_fall_into_words_signs_and_emoji(text, tokens):
    assert next(tokens_of(TextExamples([text]))) == tokens.split()


def fitted(texts, rows=None, **settings):
    data = dataset_of((texts, np.resize(["a", "b"], len(texts))), modality="text")
    return TextPreparation.fit(data, np.arange(len(texts)) if rows is None else rows, settings)


def test_codes_follow_frequency_and_what_is_seen_once_is_unknown():
    preparation = fitted(["b b b a", "a b c", "a rare"])
    assert preparation.tokens == ["b", "a"]
    assert preparation.encode(TextExamples(["a b new", "", "c"]))["tokens"].tolist() == [
        [3, 2, 1, 0],
        [0] * 4,
        [1, 0, 0, 0],
    ]


def test_only_training_rows_are_counted():
    assert fitted(["a a", "b b", "c c"], np.array([0, 1])).tokens == ["a", "b"]


def test_texts_without_a_known_word_can_be_fitted():
    preparation = fitted(["one", "two", "three"])
    assert preparation.encode(TextExamples(["one"]))["tokens"].max() == 1


def test_settings_decide():
    preparation = fitted(["a a b b c c d d"] * 3, length=3, vocabulary=4)
    assert (preparation.form.length, preparation.form.vocabulary, preparation.tokens) == (3, 4, ["a", "b"])


def test_longer_texts_are_cut_and_counted():
    preparation = fitted(["the a"] * 99 + ["the a " * 500])
    assert preparation.form.length == 2
    assert "1.0%" in preparation.describe()["length"]


def test_sizes_are_rounded_so_that_folds_share_a_graph():
    assert [rounded_up(n, 4) for n in (0, 1, 5, 8, 9, 17, 2144, 2161)] == [1, 1, 5, 8, 10, 20, 2560, 2560]
    assert all(n <= rounded_up(n, 2) <= 1.5 * n + 1 for n in range(1, 300))


@pytest.mark.slow
def test_the_saved_graph_agrees_on_odd_texts_also_in_a_fresh_process(tmp_path):
    preparation = fitted(some_texts(80)[0])
    encoded = preparation.encode(TextExamples(ODD))["tokens"]
    raw = preparation.raw_inputs()
    Predictor(raw, preparation.apply(raw)).save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert np.array_equal(again({"text": tf.constant(ODD)})["tokens"], encoded)
    np.save(tmp_path / "odd.npy", np.array(ODD, object))
    script = """
        import sys, numpy as np, keras, tensorflow as tf, wizard
        model = keras.saving.load_model(sys.argv[1] + "/model.keras")
        odd = np.load(sys.argv[1] + "/odd.npy", allow_pickle=True).tolist()
        print(np.asarray(model({"text": tf.constant(odd)})["tokens"]).tolist())
    """
    import textwrap

    assert eval(fresh(textwrap.dedent(script), tmp_path).splitlines()[-1]) == encoded.tolist()


def test_ten_thousand_short_texts_are_encoded_in_seconds():
    texts = TextExamples(some_texts(10_000)[0])
    preparation = fitted(some_texts(100)[0])
    preparation.encode(texts.take(np.arange(10)))
    started = time.process_time()
    preparation.encode(texts)
    assert time.process_time() - started < 4
