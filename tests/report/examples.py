"""Realistic results of all six stages, with every kind of block, every status, and names that mean harm."""

import io
import math
from functools import cache

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from wizard.core.blocks import (
    Bars, Column, Counts, Gallery, Heatmap, Histogram, Item, Line, Lines, Numbers, Points, Reference, Scatter, Table, Text,
)  # fmt: skip
from wizard.core.finding import Cause, Finding
from wizard.core.result import STAGES, DatasetSummary, StageName, StageResult

SCRIPT = "<script>document.title='harmed'</script>"
IMAGE = '"><img src=x onerror="document.title=\'harmed\'">'
CLOSING = "</script></style></svg><b>bold</b>"
TEMPLATE = "{{ 7*7 }} ${x} $\\frac{1}{2}$ \x00\x07"
FOREIGN = "数字の九 – Ελληνικά ünïcode עברית"
LONG = "a class whose name was written by somebody who had a great deal of time " * 4
HOSTILE = (SCRIPT, IMAGE, CLOSING, TEMPLATE, FOREIGN, LONG, "_underscore", "")

DIGITS = DatasetSummary(
    name="digits",
    modality="image",
    task="multiclass",
    target="digit",
    classes=tuple("0123456789"),
    form="8 × 8 × 1 picture",
    n_examples=1797,
    n_train=1257,
    n_validation=270,
    n_test=270,
    n_left_out=2,
    fingerprint="3f9a1c07d2b84e55",
)


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    loaded = load_digits()
    return (loaded.images * 15.9).astype(np.uint8), loaded.target  # (n, 8, 8), (n,)


@cache
def picture(name: str) -> bytes:
    """The bytes of `digit-17.png`; KeyError for anything else."""
    if not name.startswith("digit-"):
        raise KeyError(name)
    target = io.BytesIO()
    Image.fromarray(digits()[0][int(name[6:-4])]).save(target, "PNG")
    return target.getvalue()


def digit(i: int, caption: str = "") -> Item:
    pixels, label = digits()[0][i], str(digits()[1][i])
    attributes = {
        "brightness": float(pixels.mean() / 255),
        "contrast": float(pixels.std() / 255),
        "outlier score": None if i % 97 == 0 else math.nan if i % 89 == 0 else float((i * 37 % 101) / 101),
        "row": i,
    }
    return Item(label=label, asset=f"digit-{i}.png", attributes=attributes, caption=caption)


def passed(step: str, title: str, headline: str, **more: object) -> Finding:
    return Finding.model_validate({"step": step, "title": title, "headline": headline, "status": "passed", "seconds": 0.4, **more})


EXAMPLES = Gallery(title="300 training examples", caption="Spread evenly over the classes.", items=tuple(digit(i) for i in range(300)))
REVIEWS = Gallery(
    title="Reviews that were labelled twice",
    items=(
        Item(label=SCRIPT, text=f"A review with {IMAGE}\nand a second line. " + "It goes on and on. " * 400, attributes={SCRIPT: 1, "length": 7_000}),
        Item(label="positive", text="I did not expect to like it, and then I did.", attributes={"length": 44}, caption=CLOSING),
        Item(label=FOREIGN, text=f"{FOREIGN} {TEMPLATE}", attributes={"length": None, IMAGE: "x"}),
    ),
)  # fmt: skip
PASSENGERS = Gallery(
    title="Rows unlike all others",
    items=tuple(
        Item(label="survived" if i % 2 else "died", cells=(("age", f"{20 + i}", False), ("fare (£)", "512.33" if i == 1 else "7.25", i == 1), ("cabin", "", False), (IMAGE, SCRIPT, True)), attributes={"outlier score": i / 7})
        for i in range(5)
    ),
)  # fmt: skip
BASELINES = Bars(
    title="What a net must beat",
    caption="Accuracy on 270 validation examples, with 95% intervals.",
    labels=("majority class", "stratified guess", "best single pixel", "linear model", "nearest neighbours", "boosted trees"),
    values=(0.1037, 0.0985, 0.2741, 0.9556, 0.9815, 0.9704),
    intervals=((0.070, 0.144), (0.066, 0.138), (0.222, 0.330), (0.926, 0.978), (0.963, 0.996), (0.948, 0.989)),
    references=(Reference(value=0.99, label="human"), Reference(value=0.9852, label="this net")),
    value_label="accuracy (share of examples)",
    emphasis=(4,),
)
CURVES = Lines(
    title="Training and validation loss",
    caption="The validation loss turns after epoch 18, where overfitting begins.",
    lines=(
        Line(name="training", x=tuple(range(1, 41)), y=tuple(2.3 * math.exp(-e / 7) + 0.002 for e in range(1, 41))),
        Line(
            name="validation",
            x=tuple(range(1, 41)),
            y=tuple(2.3 * math.exp(-e / 6) + 0.08 + max(0, e - 18) * 0.004 for e in range(1, 41)),
            low=tuple(2.3 * math.exp(-e / 6) + 0.06 + max(0, e - 18) * 0.004 for e in range(1, 41)),
            high=tuple(2.3 * math.exp(-e / 6) + 0.11 + max(0, e - 18) * 0.004 for e in range(1, 41)),
        ),
    ),
    x_label="epoch",
    y_label="loss (nats)",
    references=(Reference(value=0.02, label="floor from label noise"),),
    marks=(Reference(value=18, label="turning point, epoch"),),
)
RATES = Lines(
    title="Loss against learning rate",
    lines=(
        Line(name="after 20 steps", x=tuple(10 ** (-6 + k / 4) for k in range(25)), y=tuple(2.3 - 1.4 * math.exp(-((k - 13) ** 2) / 18) if k < 21 else math.inf for k in range(25))),
    ),
    x_label="learning rate",
    y_label="loss (nats)",
    log_x=True,
    marks=(Reference(value=3e-4, label="Adam’s"), Reference(value=3.5e-4, label="the family’s"), Reference(value=4e-4, label="chosen")),
)  # fmt: skip
BRIGHTNESS = Histogram(
    title="Brightness",
    edges=tuple(i / 20 for i in range(21)),
    groups=(
        Counts(name="training", values=tuple(float(int(200 * math.exp(-((i - 7) ** 2) / 8))) for i in range(20))),
        Counts(name="validation", values=tuple(float(int(50 * math.exp(-((i - 8) ** 2) / 9))) for i in range(20))),
    ),
    x_label="mean brightness (0 black, 1 white)",
    references=(Reference(value=0.31, label="mean"),),
)
CONFUSION = Heatmap(
    title="Which class is mistaken for which",
    caption="Read along a row: the examples of one class.",
    rows=tuple("0123456789"),
    columns=tuple("0123456789"),
    values=tuple(tuple(26.0 if i == j else float((i * 3 + j) % 4 == 0 and abs(i - j) < 4) for j in range(10)) for i in range(10)),
    x_label="predicted",
    y_label="label",
    value_label="examples",
)
TRIALS = Scatter(
    title="Trials",
    clouds=tuple(
        Points(name=f"depth {d}", x=tuple(10 ** (-5 + k / 6) for k in range(18)), y=tuple(0.9 + 0.08 * math.sin(k / 4 + d) for k in range(18)))
        for d in range(1, 5)
    ),
    x_label="learning rate",
    y_label="validation accuracy",
    log_x=True,
)  # fmt: skip
EXPERIMENTS = Table(
    title="All experiments",
    caption="Kept where validation accuracy improved beyond the noise band.",
    columns=(Column(name="step"), Column(name="training before", format="share"), Column(name="training after", format="share"), Column(name="validation after", format="share"), Column(name="cost", unit="seconds"), Column(name="examples", format="count"), Column(name="kept")),
    rows=(
        ("augment", 1.0, 0.9936, 0.9889, 4.2, 1257, True),
        ("dropout", 0.9936, 0.9912, 0.9889, 3.1, 1257, False),
        ("weight_decay", 0.9936, 0.9904, 0.9926, 72.4, 1257, True),
        (SCRIPT, None, math.nan, math.inf, 0.034, 0, None),
    ),
    emphasis=(2,),
)  # fmt: skip
SHAPES = Numbers(title="What entered the network", tree={"input": {"shape": "32 × 8 × 8 × 1", "min": 0.0, "max": 1.0, "mean": 0.305, "NaN": 0}, "label": {"dtype": "int64", IMAGE: SCRIPT}})
WORDS = Text(title="The five questions", text="Local features suffice.\n\nPosition matters.")
HARMED = (
    Bars(title=SCRIPT, caption=IMAGE, labels=HOSTILE, values=tuple(float(i) for i in range(len(HOSTILE))), value_label=IMAGE, references=(Reference(value=3, label=CLOSING), Reference(value=3.1, label=LONG))),
    Lines(title=IMAGE, lines=tuple(Line(name=name, x=(0, 1, 2), y=(0.5, 0.5 + i / 100, 0.5)) for i, name in enumerate(HOSTILE)), x_label=CLOSING, y_label=TEMPLATE),
    Scatter(title=CLOSING, clouds=tuple(Points(name=name, x=(0, 1), y=(i, i)) for i, name in enumerate(HOSTILE)), x_label=SCRIPT, y_label=LONG),
    Histogram(title=FOREIGN, edges=(0, 1, 2), groups=tuple(Counts(name=name, values=(1, i)) for i, name in enumerate(HOSTILE)), x_label=SCRIPT, references=(Reference(value=1, label=SCRIPT),)),
    Heatmap(title=TEMPLATE, rows=HOSTILE, columns=HOSTILE, values=tuple(tuple(None if i == j else float(i - j) for j in range(8)) for i in range(8)), x_label=SCRIPT, y_label=IMAGE, value_label=CLOSING),
)  # fmt: skip

FINDINGS: dict[StageName, tuple[Finding, ...]] = {
    "explore": (
        passed("readable", "Every example can be read.", "All but 2 of 1,799 files can be read; the 2 are listed and left out.", status="warned", measured=2 / 1799, expected=0.0, unit="share of files", advice="Look at the two files and save them again."),
        passed("examples", "The data look as they should.", "300 examples to look at.", status="noted", blocks=(EXAMPLES,), why="Nothing replaces an hour of looking at the data.\n\nSort by any attribute and look at both ends."),
        passed("distributions", "Nothing in the columns is odd.", "Brightness and contrast are the same in all sets.", blocks=(BRIGHTNESS,)),
        passed("imbalance", "Every class has enough examples.", "The rarest class has 118 examples, the most frequent 129.", measured=118, expected=10, unit="examples"),
        passed("leakage", "No single feature gives the target away.", "The best single pixel reaches 27.4%.", gate=True, measured=0.274, interval=(0.222, 0.330), unit="accuracy"),
        passed("outliers", "Nothing is unlike all the rest.", "5 rows are far from all others.", status="warned", blocks=(PASSENGERS, REVIEWS)),
        passed("label_noise", "The labels are right.", "About 1.1% of the labels look wrong.", status="noted", measured=0.011, interval=(0.005, 0.021), unit="share of labels", blocks=(WORDS,)),
    ),
    "baseline": (
        passed("fixed_seed", "One seed gives one result.", "Two runs with one seed end with the same weights.", gate=True),
        passed("special_case", "The vectorised path equals a slow, explicit one.", "The step itself failed: ValueError: shapes (8, 8) and (64,) differ.", status="crashed", gate=False),
        passed("just_before_the_net", "What enters the net is what was meant to enter it.", "Pictures arrive between 0 and 1 with their labels.", gate=True, blocks=(SHAPES, Gallery(title="One batch", items=tuple(digit(i) for i in range(12))))),
        passed("dumb_baselines", "The task is not solved by a simple rule.", "Nearest neighbours reach 98.1%, which a net must beat.", status="noted", measured=0.9815, interval=(0.963, 0.996), unit="accuracy", blocks=(BASELINES,)),
        passed("loss_at_init", "The untrained network is as unsure as it should be.", "Loss starts at 2.914, but 2.303 is expected.", status="failed", gate=True, measured=2.914, expected=2.3026, interval=(2.871, 2.957), unit="nats", why="With k balanced classes the first loss is log k. Far from that, the last layer or the loss is wired wrongly, and training would only hide it.", advice="Remove the softmax from the last layer, or pass from_logits=False.", causes=(Cause(fault="L03", sentence="The last layer applies softmax and the loss expects logits (layer `dense_1`).", tested=True), Cause(sentence="The inputs are not scaled.", tested=False), Cause(fault="M01", sentence="The last layer’s weights are too large.")), blocks=(RATES, CURVES)),
        passed("human_baseline", "We know how well a person does.", "Nobody has answered the quiz yet.", status="skipped"),
    ),
    "overfit": (
        passed("capacity_ladder", "A net exists that learns all training examples.", "The third rung reaches a training loss of 0.002.", gate=True, measured=0.0021, expected=0.02, unit="nats", seconds=72.3, blocks=(CURVES,)),
        passed("hardest_examples", "What could not be fitted is a mistake of the label.", "Every training example could be fitted.", blocks=(Gallery(title="Hardest", items=()),)),
    ),
    "regularize": (passed("augment", "Augmented examples help.", "Shifts by one pixel gain 0.4 points, beyond the noise band.", measured=0.0037, interval=(0.0011, 0.0074), unit="share", blocks=(EXPERIMENTS,)),),
    "tune": (passed("random_search", "The search found something better than we had.", "30 trials; the best lies within the noise band of the incumbent.", status="noted", blocks=(TRIALS,)), passed("harmed", SCRIPT, IMAGE, status="warned", why=CLOSING, advice=TEMPLATE, unit=SCRIPT, measured=1.0, blocks=HARMED, causes=(Cause(fault=SCRIPT, sentence=IMAGE),))),
    "ensemble": (passed("test_once", "What holds on validation holds on test.", "The ensemble reaches 98.9% on the sealed test set.", measured=0.9889, interval=(0.970, 0.996), unit="accuracy", blocks=(CONFUSION, BASELINES)),),
}  # fmt: skip


def result_of(stage: StageName, **more: object) -> StageResult:
    """The result of one stage on the digits data set."""
    values = {
        "stage": stage,
        "key": "9d4c2f0b7a61e833",
        "dataset": DIGITS,
        "verdict": {
            "explore": "The digits are clean, balanced and almost separable by eye: two files could not be read.",
            "baseline": "The skeleton is not to be trusted yet: the untrained net’s loss is too high.",
        }.get(stage, f"The stage {stage} ended as it should, with one thing to look at."),
        "plain": (
            "We looked at 1,257 pictures of handwritten digits before training anything.",
            "Every digit appears about equally often, so plain accuracy is an honest measure.",
            "About one label in a hundred looks wrong, which means that nobody should expect more than 99%.",
        ),
        "next_move": "Look at the fourteen suspected labels, then go on with wizard.baseline().",
        "findings": FINDINGS[stage],
        "decided": {"metric": "accuracy", "pooling": "flatten", "safe_augmentations": ["shift", "rotate"], "label_noise_rate": 0.011, "incumbent": {"family": "cnn", "dropout": 0.2}},
        "runs": ("a91f30", "b0271c"),
        "options": {"examples": 300, "human": None, SCRIPT: IMAGE},
        "method": {"seed": 0, "budget": "10 min", "versions": {"tensorflow": "2.20.0", "keras": "3.11.3", "numpy": "2.2.6"}, "cut": []},
        "seconds": 41.7,
        **more,
    }  # fmt: skip
    return StageResult.model_validate(values)


RESULTS = {stage: result_of(stage) for stage in STAGES}
HREFS: dict[str, str] = {stage: f"../{i}-{stage}/report.html" for i, stage in enumerate(STAGES, start=1)}
