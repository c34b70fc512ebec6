"""What the stages after baseline do with a model of the user's own: only what its build(hp) declares may vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.core.blocks import Column, Table
from wizard.core.config import HpValue, TrainingConfig
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.step import Outcome, noted, skipped
from wizard.stages.words import count, listed, shape_in_words
from wizard.training.declared import Declared, value_at

if TYPE_CHECKING:
    from wizard.training.own_model import OwnModel

PLACES = (1 / 3, 2 / 3)  # of a declared range, where the default is no new value
WORDS = {  # by step of regularize: what is declared for it, and a name that would be recognised
    "dropout": ("dropout", "dropout"),
    "weight_decay": ("weight decay", "weight_decay"),
    "label_smoothing": ("label smoothing", "label_smoothing"),
    "augment": ("augmentation", "augment"),
    "creative_augment": ("noise or mixing", "noise"),
}
NO_SCHEDULE = (
    "The learning rate's schedule is yours: your optimiser has one of its own, or belongs to an instance that cannot "
    "be copied (pass build(hp) with a plain rate)."
)
ROLES = {"capacity": "size", "": "anything else"}


def size_in_words(context: Context, hp: dict[str, HpValue]) -> str:
    """A network's size: "width 32 · depth 1"; of the user's own what makes it larger, or that it is as built."""
    if context.own is None:
        return shape_in_words(hp)
    size = context.own.size_of(hp)
    return shape_in_words(size) if size else "as you built it"


def of_its_kind(context: Context) -> str:
    """What a size is the smallest or largest of."""
    return "of its family" if context.own is None else "that your build(hp) declares"


def without_sizes(own: OwnModel) -> str:
    """Why a model of the user's own has one size only, in a sentence; "" where it has several."""
    if own.has_ladder:
        return ""
    if own.is_instance:
        return "A model given as an instance has one size: pass build(hp) that declares its units, filters or layers."
    return (
        f"Your {own.name}(hp) declares no hyperparameter that makes the network larger, as hp.Int('units', …), so "
        "that there is one size only."
    )


def about(own: OwnModel) -> Outcome:
    """What the model is, and what of it may vary."""
    model = own.pipeline.model
    layers, n = len(getattr(model, "layers", ())), own.default.n_parameters
    sizes = tuple(
        (f"{number}", shape_in_words(own.size_of(rung)) if own.size_of(rung) else "as you built it",
         own.built(rung).n_parameters)
        for number, rung in enumerate(own.ladder, start=1)
    )  # fmt: skip
    rungs = Table(
        title="Sizes of your model",
        caption="Declared ranges at their ends and in between, and your defaults; what regularises is declared away.",
        columns=(Column(name="rung"), Column(name="shape"), Column(name="parameters", format="count")),
        rows=sizes,
    )
    table = Table(
        title="What build(hp) declares",
        caption="Only these, the batch, the optimiser and the data vary; loss, head and metrics stay yours. What a "
        "hyperparameter is for is read from its name; it only decides which step tries it.",
        columns=(Column(name="hyperparameter"), Column(name="values"), Column(name="default"), Column(name="taken as")),
        rows=tuple(
            (one.name, one.dimension.in_words, one.default, ROLES.get(one.role, f"{WORDS.get(one.role, ('',))[0]}"))
            for one in own.declared
        ),
    )
    told = f"Your model {own.name!r}: {count(layers, 'layer')}, {n:,} parameters"
    kind = "its own train_step" if own.has_own_step else "Keras's own training step"
    told += f", {type(model.optimizer).__name__}, {kind}"
    if own.is_instance:
        more = "It is one instance, so that nothing of it can vary but batch, optimiser and data: pass build(hp)"
        more += " for more." if own.is_copyable else ", also for what needs a second instance."
        return noted(f"{told}.", advice=more, blocks=(rungs,))
    if not own.declared:
        return noted(
            f"{told}; {own.name}(hp) declares no hyperparameters.",
            advice="Declare what may vary: hp.Int('units', 32, 512), hp.Float('dropout', 0, 0.5).",
            blocks=(rungs,),
        )
    names = [one.name for one in own.declared]
    several = f"; {len(sizes)} sizes from {sizes[0][2]:,} to {sizes[-1][2]:,} parameters" if own.has_ladder else ""
    advice = ""
    if "fit" in vars(type(own.given)):
        advice = "Your HyperModel's fit() is not called: batch, epochs and stopping are this library's part."
    return noted(f"{told}; it declares {listed(names, 6)}{several}.", advice=advice, blocks=(table, rungs))


def declared_changes(own: OwnModel, config: TrainingConfig, role: str) -> list[tuple[dict[str, Any], str]]:
    """Changes of the declared hyperparameters of one role: all at their defaults, then further into their ranges."""
    found = own.of_role(role)
    wanted = [{one.name: one.default for one in found}]
    wanted += [{one.name: value_at(one.dimension, place) for one in found} for place in PLACES]
    now = {one.name: config.hp.get(one.name, one.default) for one in found}
    changes: list[tuple[dict[str, Any], str]] = []
    seen = [now]
    for values in wanted:
        if values in seen:
            continue
        seen.append(values)
        words = ", ".join(f"{name} {_short(value)}" for name, value in values.items())
        changes.append(({"hp": {**config.hp, **values}}, words))
    return changes


def declared_experiment(context: Context, own: OwnModel, step: str) -> Outcome:
    """A step of regularize that tries what is declared for it; skipped where nothing is."""
    what, name = WORDS[step]
    if not own.of_role(step):
        if own.is_instance:
            return skipped(f"A model given as an instance declares nothing for {what}: pass build(hp).")
        return skipped(
            f"Your {own.name}(hp) declares no hyperparameter for {what}, as hp.Float({name!r}, …); what your code does "
            "of it stays as it is."
        )
    changes = declared_changes(own, incumbent(context).config, step)[: few(context)]
    if not changes:
        names = listed([repr(one.name) for one in own.of_role(step)])
        return noted(f"There is no other value to try of {names}.")
    return experiment(context, step, [change for change, _ in changes], [words for _, words in changes])


def dimension_now(one: Declared, config: TrainingConfig) -> HpValue:
    """The value that a configuration gives a declared hyperparameter."""
    return config.hp.get(one.name, one.default)


def _short(value: HpValue) -> HpValue:
    return float(f"{value:.3g}") if isinstance(value, float) else value
