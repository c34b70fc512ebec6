"""Realistic evidence: every kind of block, on the digits data set, and names that mean harm."""

import io
import math
from functools import cache

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from wizard.core.blocks import (
    Axis,
    Bars,
    Column,
    Counts,
    Gallery,
    Heatmap,
    Histogram,
    Item,
    Line,
    Lines,
    Numbers,
    Parallel,
    Path,
    Points,
    Reference,
    Replay,
    Scatter,
    Table,
    Text,
)

SCRIPT = "<script>document.title='harmed'</script>"
IMAGE = '"><img src=x onerror="document.title=\'harmed\'">'
CLOSING = "</script></style></svg><b>bold</b>"
TEMPLATE = "{{ 7*7 }} ${x} $\\frac{1}{2}$ \x00\x07"
FOREIGN = "数字の九 – Ελληνικά ünïcode עברית"
LONG = "a class whose name was written by somebody who had a great deal of time " * 4
HOSTILE = (SCRIPT, IMAGE, CLOSING, TEMPLATE, FOREIGN, LONG, "_underscore", "")


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


EXAMPLES = Gallery(
    title="300 training examples", caption="Spread evenly over the classes.", items=tuple(digit(i) for i in range(300))
)
REVIEWS = Gallery(
    title="Reviews that were labelled twice",
    items=(
        Item(
            label=SCRIPT,
            text=f"A review with {IMAGE}\nand a second line. " + "It goes on and on. " * 400,
            attributes={SCRIPT: 1, "length": 7_000},
        ),
        Item(
            label="positive",
            text="I did not expect to like it, and then I did.",
            attributes={"length": 44},
            caption=CLOSING,
        ),
        Item(label=FOREIGN, text=f"{FOREIGN} {TEMPLATE}", attributes={"length": None, IMAGE: "x"}),
    ),
)
PASSENGERS = Gallery(
    title="Rows unlike all others",
    items=tuple(
        Item(
            label="survived" if i % 2 else "died",
            cells=(
                ("age", f"{20 + i}", False),
                ("fare (£)", "512.33" if i == 1 else "7.25", i == 1),
                ("cabin", "", False),
                (IMAGE, SCRIPT, True),
            ),
            attributes={"outlier score": i / 7},
        )
        for i in range(5)
    ),
)
BASELINES = Bars(
    title="What a net must beat",
    caption="Accuracy on 270 validation examples, with 95% intervals.",
    labels=(
        "majority class",
        "stratified guess",
        "best single pixel",
        "linear model",
        "nearest neighbours",
        "boosted trees",
    ),
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
        Line(
            name="after 20 steps",
            x=tuple(10 ** (-6 + k / 4) for k in range(25)),
            y=tuple(2.3 - 1.4 * math.exp(-((k - 13) ** 2) / 18) if k < 21 else math.inf for k in range(25)),
        ),
    ),
    x_label="learning rate",
    y_label="loss (nats)",
    log_x=True,
    marks=(
        Reference(value=3e-4, label="Adam’s"),
        Reference(value=3.5e-4, label="the family’s"),
        Reference(value=4e-4, label="chosen"),
    ),
)
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
    values=tuple(
        tuple(26.0 if i == j else float((i * 3 + j) % 4 == 0 and abs(i - j) < 4) for j in range(10)) for i in range(10)
    ),
    x_label="predicted",
    y_label="label",
    value_label="examples",
)
TRIALS = Scatter(
    title="Trials",
    clouds=tuple(
        Points(
            name=f"depth {d}",
            x=tuple(10 ** (-5 + k / 6) for k in range(18)),
            y=tuple(0.9 + 0.08 * math.sin(k / 4 + d) for k in range(18)),
        )
        for d in range(1, 5)
    ),
    x_label="learning rate",
    y_label="validation accuracy",
    log_x=True,
)
SEARCH = Parallel(
    title="All trials",
    caption="The best five stand out.",
    axes=(
        Axis(name="learning_rate", low=1e-4, high=1e-2, is_log=True), Axis(name="dropout", high=0.5),
        Axis(name="schedule", options=("constant", "cosine", "cycles")), Axis(name="accuracy", low=0.9, high=1.0),
    ),
    paths=tuple(
        Path(name=f"trial {i}: {90 + 9 * (i * 37 % 41) / 41:.1f}%",
             values=(10 ** (-4 + 2 * (i * 17 % 41) / 41), (i * 29 % 41) / 82, i % 3, 0.9 + 0.09 * (i * 37 % 41) / 41))
        for i in range(40)
    ),
    emphasis=(10, 21, 32),
)  # fmt: skip
EXPERIMENTS = Table(
    title="All experiments",
    caption="Kept where validation accuracy improved beyond the noise band.",
    columns=(
        Column(name="step"),
        Column(name="training before", format="share"),
        Column(name="training after", format="share"),
        Column(name="validation after", format="share"),
        Column(name="cost", unit="seconds"),
        Column(name="examples", format="count"),
        Column(name="kept"),
    ),
    rows=(
        ("augment", 1.0, 0.9936, 0.9889, 4.2, 1257, True),
        ("dropout", 0.9936, 0.9912, 0.9889, 3.1, 1257, False),
        ("weight_decay", 0.9936, 0.9904, 0.9926, 72.4, 1257, True),
        (SCRIPT, None, math.nan, math.inf, 0.034, 0, None),
    ),
    emphasis=(2,),
)
SHAPES = Numbers(
    title="What entered the network",
    tree={
        "input": {"shape": "32 × 8 × 8 × 1", "min": 0.0, "max": 1.0, "mean": 0.305, "NaN": 0},
        "label": {"dtype": "int64", IMAGE: SCRIPT},
    },
)
WORDS = Text(title="The five questions", text="Local features suffice.\n\nPosition matters.")
HARMED = (
    Bars(
        title=SCRIPT,
        caption=IMAGE,
        labels=HOSTILE,
        values=tuple(float(i) for i in range(len(HOSTILE))),
        value_label=IMAGE,
        references=(Reference(value=3, label=CLOSING), Reference(value=3.1, label=LONG)),
    ),
    Lines(
        title=IMAGE,
        lines=tuple(Line(name=name, x=(0, 1, 2), y=(0.5, 0.5 + i / 100, 0.5)) for i, name in enumerate(HOSTILE)),
        x_label=CLOSING,
        y_label=TEMPLATE,
    ),
    Scatter(
        title=CLOSING,
        clouds=tuple(Points(name=name, x=(0, 1), y=(i, i)) for i, name in enumerate(HOSTILE)),
        x_label=SCRIPT,
        y_label=LONG,
    ),
    Histogram(
        title=FOREIGN,
        edges=(0, 1, 2),
        groups=tuple(Counts(name=name, values=(1, i)) for i, name in enumerate(HOSTILE)),
        x_label=SCRIPT,
        references=(Reference(value=1, label=SCRIPT),),
    ),
    Heatmap(
        title=TEMPLATE,
        rows=HOSTILE,
        columns=HOSTILE,
        values=tuple(tuple(None if i == j else float(i - j) for j in range(8)) for i in range(8)),
        x_label=SCRIPT,
        y_label=IMAGE,
        value_label=CLOSING,
    ),
    Parallel(
        title=IMAGE,
        axes=tuple(Axis(name=name, options=(TEMPLATE, LONG)) for name in HOSTILE),
        paths=tuple(Path(name=name, values=(0.0,) * len(HOSTILE)) for name in HOSTILE),
        emphasis=(0, 2),
    ),
)
COURSE = Replay(
    title="One line an example",
    caption="Hollow: before training. Filled: at its end.",
    rows=("example 1", SCRIPT, "example 3"),
    looks=("step 0", "step 10", "step 20"),
    values=((0.1, 0.4, 0.9), (0.2, 0.1, math.nan), (0.1, 0.5, 1.4)),
    low=0.0,
    high=1.0,
    goal=1.0,
    value_label="probability of the true label",
)
