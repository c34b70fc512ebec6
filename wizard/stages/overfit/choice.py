"""Which family the data ask for: the plainest well-known one, unless explore found that they need another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.config import HpValue
from wizard.data.form import FeaturesForm, Form, ImageForm, SeriesForm, TokensForm
from wizard.models.families.pretrained import HOW_TO_GIVE_WEIGHTS
from wizard.models.families.pretrained import at_hand as weights_at_hand
from wizard.models.family import Family, family, names
from wizard.stages.context import Context
from wizard.stages.words import count, share

MANY_SHORT_TEXTS = 1_500  # texts for each word of the median one: below it bags of words were as good as networks that
# read in order, and better on small sets (Google's text classification guide, 450,000 trainings on 12 sets)
MANY_ROWS = 3_000  # training rows: from here on published comparisons (Gorishniy et al. 2022, 2025) have networks that
# see each number through its quantiles well ahead of plain ones, on nearly every table
MOST_NUMBERS = 100  # columns: each becomes sixteen for every member, and with more a step takes seconds on a CPU
FEW_SERIES = 500  # rows: with fewer, random convolutions with a linear model beat trained ones on most of the UCR sets
PRETRAINED = "pretrained"
PLACES_MATTER = "Where something stands matters: the last layer tells places apart instead of pooling over all of them."
LARGE_SIDE = 64  # pixels: from here on pictures look like those that published weights were learnt from


PLACES = {"resnet": 4, "convnet_1d": 8}  # that the head tells apart where position matters: a side, or along time


@dataclass(frozen=True)
class Choice:
    """A family, and why.

    Attributes:
        name: Of the family.
        why: In few words, for a headline.
        reasons: What in the data speaks for it, a sentence each.
        next_to_try: Families there are that are worth a try after it, the likeliest first.
    """

    name: str
    why: str
    reasons: tuple[str, ...]
    next_to_try: tuple[str, ...]


def choice(context: Context, form: Form) -> Choice:
    """The family that the caller asked for, or the one that the data ask for; from data alone, never from timing."""
    if isinstance(form, TokensForm):
        chosen = _for_texts(context, form)
    elif isinstance(form, SeriesForm):
        chosen = _for_series(context, form)
    elif isinstance(form, ImageForm):
        chosen = _for_pictures(context, form)
    else:
        chosen = _for_rows(context, form)
    asked = context.options.get("family")
    if asked == PRETRAINED and isinstance(form, ImageForm) and not weights_at_hand():
        why = "trained from scratch, as no pretrained weights are at hand"
        return Choice(chosen.name, why, (HOW_TO_GIVE_WEIGHTS, *chosen.reasons), chosen.next_to_try)
    if asked:
        others = (chosen.name, *chosen.next_to_try)
        reasons = (f"Without your wish it would be: {family(chosen.name).title}.",) if asked != chosen.name else ()
        return Choice(str(asked), "as you asked", reasons, tuple(name for name in others if name != asked))
    return Choice(chosen.name, chosen.why, (*chosen.reasons, *_about_labels(context)), chosen.next_to_try)


def chosen_family(context: Context, form: Form) -> Family:
    """The family of the stage; the user's own model where there is one."""
    if context.own is not None:
        return context.own.family
    return family(choice(context, form).name)


def sizes(context: Context, chosen: Family, form: Form) -> tuple[dict[str, HpValue], ...]:
    """The family's ladder; where explore found that position matters, with a head that tells places apart."""
    rungs = chosen.ladder(form)
    if context.decided("is_position_free") is not False or chosen.name not in PLACES:
        return rungs
    return tuple({**rung, "grid": PLACES[chosen.name]} for rung in rungs)


def _for_pictures(context: Context, form: ImageForm) -> Choice:
    reasons = ["Residual networks are what the literature tries first on pictures."]
    if context.decided("is_local") is not None:
        reasons.append(
            "Local features suffice: small filters, pooled over places, are made for that."
            if context.decided("is_local")
            else "The whole arrangement counts: the last filters of a deep network see all of it."
        )
    if context.decided("is_position_free") is False:
        reasons.append(PLACES_MATTER)
    side = min(form.height, form.width)
    later = there(PRETRAINED) if side >= LARGE_SIDE else ()
    if later:
        reasons.append(f"Pictures of {form.height} × {form.width} pixels would profit from published weights.")
    return Choice("resnet", f"the plainest for {form}", tuple(reasons), (*later, "mlp"))


def _for_rows(context: Context, form: FeaturesForm) -> Choice:
    n = len(context.train_rows)
    is_many = n >= MANY_ROWS and 0 < len(form.numeric) <= MOST_NUMBERS and bool(there("tabm"))
    reasons = ["A few dense layers are the plainest network for rows of a table."]
    if is_many:
        reasons = [
            f"{count(n, 'row')} are enough to see each number through its quantiles, where thresholds count, and to "
            "train several networks as one: the plainest that comes near boosted trees."
        ]
    if context.decided("is_local"):
        reasons.append("Columns tell as much one by one as together: a linear model is hard to beat here.")
    elif context.decided("is_local") is False:
        reasons.append("Columns tell more together: hidden layers are needed, a linear model is not enough.")
    if is_many:
        return Choice("tabm", f"made for {form} and many rows", tuple(reasons), (*there("realmlp"), "mlp", "linear"))
    later = there("realmlp", "tabm")
    first = ("linear", *later) if context.decided("is_local") else (*later, "linear")
    return Choice("mlp", f"the plainest for {form}", tuple(reasons), first)


def _for_texts(context: Context, form: TokensForm) -> Choice:
    n, length = len(context.train_rows), max(1, _median_words(context))
    ratio = n / length
    ordered = there("transformer", "text_cnn")
    numbers = f"{count(n, 'text')} of {count(length, 'word')} at the median are {ratio:,.0f} texts a word"
    if context.decided("is_local"):
        reason = "Words tell the label in any order: reading them in order would be wasted."
    elif ratio < MANY_SHORT_TEXTS or not ordered:
        reason = f"{numbers}, and below {MANY_SHORT_TEXTS:,} a bag of words is as good as networks that read in order."
    else:
        reason = f"{numbers}, enough to learn from the order of words."
        later = (*ordered[1:], "bag_of_ngrams")
        return Choice(ordered[0], f"the plainest that reads {form} in order", (reason,), later)
    return Choice("bag_of_ngrams", f"the plainest for {form}", (reason,), ordered)


def _for_series(context: Context, form: SeriesForm) -> Choice:
    n = len(context.train_rows)
    short = there("minirocket")
    reasons = []
    if context.decided("is_local"):
        reasons.append("Short windows tell the label: small filters, pooled over time, are made for that.")
    elif context.decided("is_local") is False:
        reasons.append("The whole course counts: filters over filters see it.")
    if context.decided("is_position_free") is False:
        reasons.append(PLACES_MATTER)
    if n < FEW_SERIES and short:
        reasons.insert(0, f"{n:,} series are few to learn filters from: random ones need no learning.")
        return Choice("minirocket", f"the plainest for few {form}", tuple(reasons), ("convnet_1d", "mlp"))
    reasons.insert(0, "A few convolutions over time are the plainest network that learns from series.")
    return Choice("convnet_1d", f"the plainest for {form}", tuple(reasons), (*there("inception_time"), *short, "mlp"))


def _about_labels(context: Context) -> tuple[str, ...]:
    """What explore found of the labels, for whoever expects too much of a network."""
    told = []
    if context.decided("is_learnable") is False:
        told.append("No cheap probe tells the labels better than chance: no family will do wonders.")
    noise = context.decided("label_noise")
    if noise:
        told.append(
            f"About {share(noise)} of the labels are wrong: what is left of the errors then need not be fitted."
        )
    return tuple(told)


def there(*wanted: str) -> tuple[str, ...]:
    """Those of some families that there are."""
    return tuple(name for name in wanted if name in names())


def _median_words(context: Context) -> int:
    """Words of the median training text; 0 is no code of a word."""
    from wizard.core.config import TrainingConfig

    codes = context.prepared(TrainingConfig(family="linear")).tensors["tokens"]
    rows = context.sample(context.train_rows, 2_000, "median words")
    return int(np.median((codes[rows] > 0).sum(1)))
