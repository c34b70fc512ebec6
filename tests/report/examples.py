"""Realistic results of all six stages, with every status, and names that mean harm."""

from tests.report.example_blocks import (
    BASELINES,
    BRIGHTNESS,
    CLOSING,
    CONFUSION,
    COURSE,
    CURVES,
    EXAMPLES,
    EXPERIMENTS,
    HARMED,
    IMAGE,
    PASSENGERS,
    RATES,
    REVIEWS,
    SCRIPT,
    SEARCH,
    SHAPES,
    TEMPLATE,
    TRIALS,
    WORDS,
    digit,
)
from wizard.core.blocks import Gallery
from wizard.core.finding import Cause, Finding
from wizard.core.result import STAGES, Answer, DatasetSummary, StageName, StageResult, ToDo

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


def passed(step: str, title: str, headline: str, **more: object) -> Finding:
    return Finding.model_validate(
        {"step": step, "title": title, "headline": headline, "status": "passed", "seconds": 0.4, **more}
    )


FINDINGS: dict[StageName, tuple[Finding, ...]] = {
    "explore": (
        passed(
            "readable",
            "Every example can be read.",
            "All but 2 of 1,799 files can be read; the 2 are listed and left out.",
            status="warned",
            measured=2 / 1799,
            expected=0.0,
            unit="share of files",
            advice="Look at the two files and save them again.",
        ),
        passed(
            "examples",
            "The data look as they should.",
            "300 examples to look at.",
            status="noted",
            blocks=(EXAMPLES,),
            why="Nothing replaces an hour of looking at the data.\n\nSort by any attribute and look at both ends.",
        ),
        passed(
            "distributions",
            "Nothing in the columns is odd.",
            "Brightness and contrast are the same in all sets.",
            blocks=(BRIGHTNESS,),
        ),
        passed(
            "imbalance",
            "Every class has enough examples.",
            "The rarest class has 118 examples, the most frequent 129.",
            measured=118,
            expected=10,
            unit="examples",
        ),
        passed(
            "leakage",
            "No single feature gives the target away.",
            "The best single pixel reaches 27.4%.",
            gate=True,
            measured=0.274,
            interval=(0.222, 0.330),
            unit="accuracy",
        ),
        passed(
            "outliers",
            "Nothing is unlike all the rest.",
            "5 rows are far from all others.",
            status="warned",
            blocks=(PASSENGERS, REVIEWS),
        ),
        passed(
            "label_noise",
            "The labels are right.",
            "About 1.1% of the labels look wrong.",
            status="noted",
            measured=0.011,
            interval=(0.005, 0.021),
            unit="share of labels",
            blocks=(WORDS,),
        ),
    ),
    "baseline": (
        passed(
            "fixed_seed", "One seed gives one result.", "Two runs with one seed end with the same weights.", gate=True
        ),
        passed(
            "special_case",
            "The vectorised path equals a slow, explicit one.",
            "The step itself failed: ValueError: shapes (8, 8) and (64,) differ.",
            status="crashed",
            gate=False,
        ),
        passed(
            "just_before_the_net",
            "What enters the net is what was meant to enter it.",
            "Pictures arrive between 0 and 1 with their labels.",
            gate=True,
            blocks=(SHAPES, Gallery(title="One batch", items=tuple(digit(i) for i in range(12)))),
        ),
        passed(
            "dumb_baselines",
            "The task is not solved by a simple rule.",
            "Nearest neighbours reach 98.1%, which a net must beat.",
            status="noted",
            measured=0.9815,
            interval=(0.963, 0.996),
            unit="accuracy",
            blocks=(BASELINES,),
        ),
        passed(
            "loss_at_init",
            "The untrained network is as unsure as it should be.",
            "Loss starts at 2.914, but 2.303 is expected.",
            status="failed",
            gate=True,
            measured=2.914,
            expected=2.3026,
            interval=(2.871, 2.957),
            unit="nats",
            why="With k balanced classes the first loss is log k. Far from that, the last layer or the loss is "
            "wired wrongly, and training would only hide it.",
            advice="Remove the softmax from the last layer, or pass from_logits=False.",
            causes=(
                Cause(
                    fault="L03",
                    sentence="The last layer applies softmax and the loss expects logits (layer `dense_1`).",
                    tested=True,
                ),
                Cause(sentence="The inputs are not scaled.", tested=False),
                Cause(fault="M01", sentence="The last layer’s weights are too large."),
            ),
            blocks=(RATES, CURVES, COURSE),
        ),
        passed(
            "human_baseline", "We know how well a person does.", "Nobody has answered the quiz yet.", status="skipped"
        ),
    ),
    "overfit": (
        passed(
            "capacity_ladder",
            "A net exists that learns all training examples.",
            "The third rung reaches a training loss of 0.002.",
            gate=True,
            measured=0.0021,
            expected=0.02,
            unit="nats",
            seconds=72.3,
            blocks=(CURVES,),
        ),
        passed(
            "hardest_examples",
            "What could not be fitted is a mistake of the label.",
            "Every training example could be fitted.",
            blocks=(Gallery(title="Hardest", items=()),),
        ),
    ),
    "regularize": (
        passed(
            "augment",
            "Augmented examples help.",
            "Shifts by one pixel gain 0.4 points, beyond the noise band.",
            measured=0.0037,
            interval=(0.0011, 0.0074),
            unit="share",
            blocks=(WORDS,),
        ),
    ),
    "tune": (
        passed(
            "random_search",
            "The search found something better than we had.",
            "30 trials; the best lies within the noise band of the incumbent.",
            status="noted",
            blocks=(TRIALS, SEARCH),
        ),
        passed(
            "harmed",
            SCRIPT,
            IMAGE,
            status="warned",
            why=CLOSING,
            advice=TEMPLATE,
            unit=SCRIPT,
            measured=1.0,
            blocks=HARMED,
            causes=(Cause(fault=SCRIPT, sentence=IMAGE),),
        ),
    ),
    "ensemble": (
        passed(
            "test_once",
            "What holds on validation holds on test.",
            "The ensemble reaches 98.9% on the sealed test set.",
            measured=0.9889,
            interval=(0.970, 0.996),
            unit="accuracy",
            blocks=(CONFUSION, BASELINES),
        ),
    ),
}


ANSWERS = (
    Answer(
        question="Are small patches of a picture enough, or is the whole picture needed?",
        sentence="The whole picture is needed: patches of 3 × 3 pixels reach 71.4% (between 65.8% and 76.6%), whole "
        "pictures 97.0%. Where a stroke lies matters too.",
        steps=("leakage", "distributions"),
    ),
    Answer(
        question="How much variation is there, and how much of it matters?",
        sentence="21 directions carry 90% of what varies between pictures, and half of that tells digits apart.",
        steps=("distributions",),
    ),
    Answer(
        question="What varies without meaning anything, and can be taken out beforehand?",
        sentence=f"Brightness: it varies by a factor of 2 and says nothing about the digit {SCRIPT}.",
        steps=("distributions",),
    ),
    Answer(
        question="How much smaller could the pictures be made without losing what matters?",
        sentence="Half: at 4 × 4 pixels 95.2% are still told apart, within the noise of the 97.0% at full size.",
        steps=("outliers",),
    ),
    Answer(
        question="How many of the labels are wrong?",
        sentence="About 1.1% (between 0.5% and 2.1%), so that nobody should expect more than 99%.",
        steps=("label_noise",),
    ),
)
TO_DO = (
    ToDo(
        sentence="Look at the two files and save them again.",
        why="All but 2 of 1,799 files can be read; the 2 are listed and left out.",
        step="readable",
        status="warned",
    ),
    ToDo(sentence="5 rows are far from all others.", why="", step="outliers", status="warned"),
    ToDo(sentence=f"Look through the examples. {IMAGE}", why="300 examples.", step="examples", status="noted"),
)


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
        "product": (EXPERIMENTS,) if stage == "regularize" else (),
        "findings": FINDINGS[stage],
        "answers": ANSWERS if stage == "explore" else (),
        "to_do": TO_DO if stage == "explore" else (),
        "decided": {
            "metric": "accuracy",
            "pooling": "flatten",
            "safe_augmentations": ["shift", "rotate"],
            "label_noise_rate": 0.011,
            "incumbent": {"family": "cnn", "dropout": 0.2},
        },
        "runs": ("a91f30", "b0271c"),
        "options": {"examples": 300, "human": None, SCRIPT: IMAGE},
        "method": {
            "seed": 0,
            "budget": "10 min",
            "versions": {"tensorflow": "2.20.0", "keras": "3.11.3", "numpy": "2.2.6"},
            "cut": [],
        },
        "seconds": 41.7,
        **more,
    }
    return StageResult.model_validate(values)


RESULTS = {stage: result_of(stage) for stage in STAGES}
HREFS: dict[str, str] = {stage: f"../{i}-{stage}/report.html" for i, stage in enumerate(STAGES, start=1)}
