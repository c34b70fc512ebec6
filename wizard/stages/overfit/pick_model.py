"""Which family to use."""

from __future__ import annotations

from wizard.core.blocks import Column, Table, Text
from wizard.data.form import Form
from wizard.models.family import Family, family
from wizard.stages.context import Context
from wizard.stages.overfit.choice import Choice, choice, sizes
from wizard.stages.overfit.rungs import n_parameters, seconds_an_epoch
from wizard.stages.own import about
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import listed, shape_in_words

COMPARED = 3  # families in the table: the one chosen and those to try next; each costs a graph
SECONDS = 3.0  # that a graph and a few looks take
TIME_SHARE = 0.1  # of the stage's time left that knowing a price may cost
NEED_WEIGHTS = ("pretrained",)  # families that cannot be built before published weights are there


@step()
def pick_model(context: Context) -> Outcome:
    """The model is the plainest one that is known to work.

    "Don't be a hero": nothing is invented here. The family is the one that the literature would try first on such
    inputs, unless explore found that they need another, and its capacity is the only thing to vary.
    """
    if context.own is not None:
        return about(context.own)
    form = context.form()
    found = choice(context, form)
    chosen = family(found.name)
    rungs = tuple(
        (f"{number}", shape_in_words(rung) if rung else "the only one", n_parameters(context, chosen, rung, form))
        for number, rung in enumerate(sizes(context, chosen, form), start=1)
    )
    table = Table(
        title=f"{chosen.title}: rungs of capacity",
        caption=f"{chosen.paper}.",
        columns=(Column(name="rung"), Column(name="shape"), Column(name="parameters", format="count")),
        rows=rungs,
    )
    reasons = Text(title="Why this family", text=" ".join(found.reasons))
    others = listed([repr(name) for name in found.next_to_try], COMPARED)
    return noted(
        f"{chosen.title}, {found.why}; {len(rungs)} sizes from {rungs[0][2]:,} to {rungs[-1][2]:,} parameters."
        if len(rungs) > 1
        else f"{chosen.title}, {found.why}; one size of {rungs[0][2]:,} parameters.",
        advice=f"To try another family call overfit(family=…) with one of {others}." if others else "",
        blocks=(table, *((reasons,) if found.reasons else ()), _candidates(context, found, form)),
    )


def _candidates(context: Context, found: Choice, form: Form) -> Table:
    """The families that come into question, with what they cost; a price that decides nothing."""
    rows: list[tuple[str | int | float | None, ...]] = []
    for place, name in enumerate((found.name, *found.next_to_try)[:COMPARED]):
        one = family(name)
        part = "taken" if place == 0 else "to try next"
        if name in NEED_WEIGHTS:
            rows.append((one.title, part, None, None, None, one.paper))
            continue
        own = one.ladder(form)
        rows.append(
            (
                one.title, part, n_parameters(context, one, own[0], form),
                n_parameters(context, one, own[-1], form), _measured(context, one, form), one.paper,
            )
        )  # fmt: skip
    return Table(
        title="Families that come into question",
        caption="An epoch of each family's smallest rung, measured before anything is trained. It decides nothing: the "
        "choice rests on the data alone.",
        columns=(
            Column(name="family"), Column(name="here"), Column(name="fewest parameters", format="count"),
            Column(name="most parameters", format="count"), Column(name="an epoch", unit="seconds"),
            Column(name="from"),
        ),
        rows=tuple(rows),
        emphasis=(0,),
    )  # fmt: skip


def _measured(context: Context, one: Family, form: Form) -> float | None:
    """Seconds an epoch, told before training begins; None where there is no time to find out."""
    if not context.pacing.allows(f"pick_model: what an epoch of {one.name} takes", context.pace * SECONDS / TIME_SHARE):
        return None
    seconds = seconds_an_epoch(context, one, form)
    context.progress.detail(f"{one.title}: {seconds:.2g} s an epoch")
    return round(seconds, 4)
