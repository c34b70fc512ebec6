"""The baton that is handed from stage to stage: everything that decides a training run."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import model_validator

from wizard.core.values import Value

HpValue = bool | int | float | str
OWN_FAMILY = "own"  # stands for the user's own build function, where there is one


class TrainingConfig(Value):
    """One training run, fully described.

    Attributes:
        family: Name of the model family.
        hp: Values of the family's structural hyperparameters (width, depth …); those left out take its defaults.
        inputs: Settings of the preprocessing ("height", "width" …); those left out take the modality's defaults.
        augment: Strength of the label-preserving augmentation, 0 (off) to 1.
        creative: Strength of disturbances that may cost something of what a label says, 0 (off) to 1: shades and a hole
            in pictures, lost and swapped words, warped and masked series, noise and swapped cells in rows.
        mixup: Alpha of the Beta distribution that pairs of examples are blended by; 0 blends none. Codes cannot be
            blended: each then comes from either example.
        cutmix: The same for pasting a part of one example into another; with both, a coin decides for each example.
        dropout: Share of activations dropped while training, 0–1.
        weight_decay: Decoupled weight decay (AdamW), per unit of learning rate.
        label_smoothing: Share of the target's mass spread over all classes, 0–1.
        learning_rate: Peak learning rate of Adam.
        schedule: "constant"; "cosine" (5% linear warm-up, then a half cosine down to 0); or "cycles" (four cosine
            cycles, each twice as long as the one before, down to 0: Holzmüller et al. 2024).
        fade: Whether dropout and weight decay, constant for the first half, fall along a cosine to 0 in the second.
        beta_2: Share of the old in Adam's running mean of squared gradients.
        clip: Norm that the gradient of all weights together is clipped to; None leaves it.
        batch: Examples per step.
        epochs: Passes over the training rows, at most.
        look_every: Epochs between two looks at the validation loss (a point of the history each); more than 1 where an
            epoch is only a few steps. Divides `epochs` and `stop_after`.
        patience: Looks without a better validation loss before stopping and going back to the best weights;
            None trains all epochs and keeps the last weights.
        class_weights: Whether rare classes weigh more, in inverse proportion to their frequency.
        head_bias: Whether the last layer's bias starts at the targets' log prior (classification).
        control: "zeros" trains on inputs replaced by zeros (what can be learnt without looking), "shuffled" on inputs
            shuffled against the labels; "none" on the data as they are.
        stop_after: Stop after so many epochs, the schedule still being planned for `epochs`; None goes on.
        fit_to: Stop once the running training loss is below this, or has stopped falling; None goes on.
        average: Share of a run, at its end, over whose looks the weights that are kept are the mean (stochastic weight
            averaging, Izmailov et al. 2018); 0 keeps the last ones.
        teacher: (configuration, weight) of networks whose joined answers for the training rows are learnt beside the
            labels (Hinton et al. 2015). They are trained on the same rows, whatever fold their configuration names;
            its seed is taken as it is.
        soft: Share of the loss that asks for the teacher's answers, 0–1; the rest asks for the labels.
        n_rows: Use only the first so many training rows of a seeded permutation; None uses all.
        fold: Which cross-validation fold is held out; None for the split's own validation set.
        refit: Train on training and validation rows together (nothing is held out).
        synthetic: Key of the user's own examples that are trained on beside the training rows; "" without.
        after: A run of the same network to start from, on the same rows and with the same seed: its last weights are
            the first ones here. None starts afresh.
        seed: Seed of initial weights, order of rows, dropout, augmentation and mixing.
    """

    family: str
    hp: dict[str, HpValue] = {}
    inputs: dict[str, HpValue] = {}
    augment: float = 0.0
    creative: float = 0.0
    mixup: float = 0.0
    cutmix: float = 0.0
    dropout: float = 0.0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine", "cycles"] = "constant"
    fade: bool = False
    beta_2: float = 0.999
    clip: float | None = None
    batch: int = 32
    epochs: int = 10
    look_every: int = 1
    patience: int | None = None
    class_weights: bool = False
    head_bias: bool = True
    control: Literal["none", "zeros", "shuffled"] = "none"
    stop_after: int | None = None
    fit_to: float | None = None
    average: float = 0.0
    teacher: tuple[tuple[TrainingConfig, float], ...] = ()
    soft: float = 0.0
    n_rows: int | None = None
    fold: int | None = None
    refit: bool = False
    synthetic: str = ""
    after: TrainingConfig | None = None
    seed: int = 0

    @model_validator(mode="after")
    def _looks_fit(self) -> Self:
        if self.look_every < 1 or self.epochs % self.look_every or (self.stop_after or 0) % self.look_every:
            raise ValueError(
                f"look_every must divide epochs and stop_after. Received: look_every={self.look_every}, "
                f"epochs={self.epochs}, stop_after={self.stop_after}."
            )
        if self.average and self.patience is not None:
            raise ValueError(
                "average and patience exclude each other: one keeps a mean of weights, the other the best ones. "
                f"Received: average={self.average}, patience={self.patience}."
            )
        return self

    def diff(self, other: TrainingConfig) -> dict[str, tuple[Any, Any]]:
        """Returns {field: (here, there)} for every field that differs."""
        mine, theirs = dict(self), dict(other)
        return {name: (mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]}

    def unregularised(self) -> Self:
        """The same without anything that holds the training loss up: what a family's recipe adds is taken out."""
        return self.but(
            dropout=0.0, weight_decay=0.0, augment=0.0, creative=0.0, mixup=0.0, cutmix=0.0, label_smoothing=0.0,
            patience=None, fade=False,
        )  # fmt: skip

    @property
    def is_mixed(self) -> bool:
        """Whether batches are disturbed, blended or pasted while training."""
        return bool(self.creative or self.mixup or self.cutmix)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What decides the network's graph; runs that share it can share one compiled model.

        Mixing takes as long to trace as a small network, so that only runs with it have it in their graph; the same
        goes for a teacher.
        """
        own = (self.family, tuple(sorted(self.hp.items())), tuple(sorted(self.inputs.items())))
        return (*own, self.is_mixed, bool(self.teacher))
