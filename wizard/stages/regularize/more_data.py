"""What more examples would give.

The interval was calibrated by foretelling all of a set from half of it (digits, Adult census, California housing,
Fashion-MNIST, sms_spam, banking77 and others): a power law through one network a size was too sure of itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.blocks import Line, Lines, Reference
from wizard.models.family import look_every, multiple
from wizard.stages.context import Context, Judged
from wizard.stages.gains import measured_gain
from wizard.stages.regularize.experiment import incumbent, standing
from wizard.stages.step import Outcome, no_time, noted, step
from wizard.stages.words import count
from wizard.training.compare import Interval
from wizard.training.units import Resampling

SHARES = (0.5, 0.25, 0.125)  # of the training rows, in the order that they are trained
LONGER = 2  # times the epochs, at most, on fewer rows: half of the rows then get as many steps
TIME_SHARE = 0.25  # of the stage's time left that it may take: what follows is what makes the network better
FEWEST = 24  # training rows: on fewer a network learns nothing that a curve could be read from
REPEATS = 2  # networks on each part, on other rows each: how much depends on which rows were drawn; folds have other
# rows each as well, so that there one network a fold is enough
DRAWS = 300  # of the bootstrap: each fits a curve, and the ends of a 95% interval rest on 7 of them
TINY = 1e-9  # of an error: of none nothing is left to halve
SLOWEST = 0.3  # of an error that a doubling leaves, at the least (and as much the other way)
EXPONENTS = np.linspace(0.05, 1.5, 30)  # of the power law; measured ones lie between 0.07 and 1 (Hestness et al. 2017)
MORE = 2.0  # times the rows


@dataclass(frozen=True)
class Curve:
    """A learning curve: error a + b n^-c, lower is better.

    Attributes:
        n_rows: (s,) training rows.
        errors: (s,) measured.
        draws: (r, s) the same on resampled rows, and as other seeds might have had it.
    """

    n_rows: np.ndarray
    errors: np.ndarray
    draws: np.ndarray

    def at(self, n_rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fitted error for numbers of rows, and its 95% interval."""
        fitted = continued(self.n_rows, self.errors, n_rows).mean(0)
        low, high = np.quantile(self.drawn(n_rows), [0.025, 0.975], axis=0)
        return fitted, np.minimum(low, fitted), np.maximum(high, fitted)

    def drawn(self, n_rows: np.ndarray) -> np.ndarray:
        """(r, len(n_rows)): every draw, continued in one of the ways that a curve may go on, each in turn."""
        ways = continued(self.n_rows, self.draws, n_rows)
        number = np.arange(len(self.draws))
        return ways[number % len(ways), number]


def continued(n: np.ndarray, errors: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(3, ..., len(at)) errors: down to a floor, down to nothing, or as the last doubling went; nobody knows which.

    Args:
        n: (s,) numbers of rows.
        errors: (..., s) measured there.
        at: Other numbers of rows.
    """
    last = np.clip(errors[..., -1] / np.maximum(errors[..., -2], TINY), SLOWEST, 1 / SLOWEST)
    exponent = np.log(last) / np.log(n[-1] / n[-2])
    local = errors[..., -1:] * (at / n[-1]) ** exponent[..., None]
    return np.stack([power_law(n, errors, at), power_law(n, errors, at, has_floor=False), local])


def power_law(n: np.ndarray, errors: np.ndarray, at: np.ndarray, *, has_floor: bool = True) -> np.ndarray:
    """(..., k): fits a + b n^-c with a, b >= 0 (or b n^-c) by least squares; returns it at other numbers of rows."""
    scale = n.max()
    x = (n / scale) ** -EXPONENTS[:, None]  # (exponents, s)
    mean, middle = errors.mean(-1, keepdims=True), x.mean(1)
    slope = np.maximum(((errors - mean) @ (x - middle[:, None]).T) / (len(n) * x.var(1)), 0.0)  # (..., exponents)
    floor = mean - slope * middle
    is_bare = floor < 0 if has_floor else np.ones(floor.shape, bool)
    slope = np.where(is_bare, np.maximum((errors @ x.T) / (x**2).sum(1), 0.0), slope)
    floor = np.where(is_bare, 0.0, floor)
    residual = ((floor[..., None] + slope[..., None] * x - errors[..., None, :]) ** 2).sum(-1)
    best = residual.argmin(-1)[..., None]
    a, b = np.take_along_axis(floor, best, -1), np.take_along_axis(slope, best, -1)
    return a + b * (at / scale) ** -EXPONENTS[best]


@step()
def more_data(context: Context) -> Outcome:
    """More data would make the network better.

    It is the best regulariser there is, and the only one whose gain hardly ever ends. The network learns from an
    eighth, a quarter and a half of the training rows; the curve through these errors tells what twice the rows would
    give, and whether collecting them is worth more than all that follows here.
    """
    base = incumbent(context)
    n_all = base.runs[0][0].n_train
    judged: list[tuple[int, Judged]] = []
    shares = SHARES[: 2 if context.effort.name == "quick" else 3]
    repeats = 1 if context.split.folds else REPEATS
    if not context.pacing.allows("more_data", len(shares) * repeats * base.seconds / 2 / TIME_SHARE):
        return no_time()
    for share in shares:
        n_rows = round(share * n_all)
        if n_rows < FEWEST:
            break
        look = max(base.config.look_every, look_every(n_rows, base.config.batch))
        epochs = multiple(base.config.epochs * min(1 / share, LONGER), look)
        part = context.judge(base.config.but(n_rows=n_rows, epochs=epochs, look_every=look), repeats)
        if not part.failure:
            judged.append((n_rows, part))
    if len(judged) < 2:
        if n_all < 2 * FEWEST / SHARES[1]:
            return noted(f"{count(n_all, 'training row')} are too few to see how the error falls with them.")
        return noted("The training breaks down on fewer rows, so that no curve can be drawn through its errors.")
    curve = _curve(context, [*judged[::-1], (n_all, base)])
    gain = curve.errors[-1] - float(curve.at(np.array([MORE * n_all]))[0][0])
    low, high = _gains(curve)
    metric = context.metric
    value = metric.words(_score(context, curve.errors[-1] - gain))
    ends = sorted(_score(context, curve.errors[-1] - end) for end in (low, high))
    band = f"{metric.words(ends[0])} to {metric.words(ends[1])}"
    return noted(
        f"Twice the training rows ({MORE * n_all:,.0f}) would bring {metric.label} from "
        f"{metric.words(_score(context, curve.errors[-1]))} to about {value} (95% interval {band}).",
        **measured_gain(metric, Interval(gain, min(low, gain), max(high, gain))),
        advice=_advice(low),
        blocks=(_figure(context, curve),),
        decides=standing(context, base.config),
    )


def _advice(low: float) -> str:
    if low > 0:
        return "Collect more examples if you can: nothing else here is as sure to help."
    return "More examples of the same kind may change nothing; different ones may."


def _gains(curve: Curve) -> tuple[float, float]:
    """95% interval of what the error falls by from all rows to so many more."""
    ahead = np.array([MORE * curve.n_rows[-1]])
    low, high = np.quantile(curve.errors[-1] - curve.drawn(ahead)[:, 0], [0.025, 0.975])
    return float(low), float(high)


def _curve(context: Context, judged: list[tuple[int, Judged]]) -> Curve:
    """Errors at each number of rows, in draws of the rows that decide (the same for all) and of networks."""
    rows = judged[-1][1].rows
    y, weight = context.y(rows), context.weight(rows)
    n_rows = np.array([n for n, _ in judged], "float64")

    def errors(w: np.ndarray | None) -> np.ndarray:
        scores = [np.mean([context.metric.score(y, p, w) for p in one.predictions]) for _, one in judged]
        return np.array([_error(context, float(score)) for score in scores])

    by_seed = _by_seed(context, judged, y, weight)
    random, resampling = context.random("more_data"), Resampling.of(len(y), context.units(rows))
    measured, draws = errors(weight), []
    for _ in range(DRAWS):
        times = resampling.times(random)
        drawn = resampling.widened(errors(times if weight is None else weight * times), measured)
        draws.append(drawn + by_seed * random.normal(size=len(n_rows)))
    return Curve(n_rows, measured, np.array(draws))


def _by_seed(
    context: Context, judged: list[tuple[int, Judged]], y: np.ndarray, weight: np.ndarray | None
) -> np.ndarray:
    """Standard errors of the mean errors from seeds and from which rows were trained on, pooled over the sizes.

    They fall with the root of the number of rows, as a mean's does. Where there are folds they are what is left of each
    fold's error once the fold's mean and the size's are taken out.
    """
    n_rows = np.array([n for n, _ in judged], "float64")
    falling = np.sqrt(n_rows[-1] / n_rows)
    if context.split.folds:
        errors = _by_fold(context, judged)
        left = (errors - errors.mean(0) - errors.mean(1, keepdims=True) + errors.mean()) / falling[:, None]
        n_sizes, n_folds = errors.shape
        spread = np.sqrt((left**2).sum() / ((n_sizes - 1) * (n_folds - 1)))
        return spread * falling / np.sqrt(n_folds)
    squares, freedom = 0.0, 0
    for n, one in judged:
        scores = np.array([context.metric.score(y, p, weight) for p in one.predictions])
        squares += n / n_rows[-1] * float(((scores - scores.mean()) ** 2).sum())
        freedom += len(scores) - 1
    spread = np.sqrt(squares / freedom) if freedom else 0.0
    repeats = np.array([len(one.predictions) for _, one in judged])
    return spread * falling / np.sqrt(repeats)


def _by_fold(context: Context, judged: list[tuple[int, Judged]]) -> np.ndarray:
    """(sizes, folds) errors, the mean over seeds."""
    rows = judged[-1][1].rows
    errors = np.empty((len(judged), len(context.split.folds)))
    for fold in range(errors.shape[1]):
        held = context.split.rows(fold)[1]
        at, y, weight = np.searchsorted(rows, held), context.y(held), context.weight(held)
        for number, (_, one) in enumerate(judged):
            scores = [context.metric.score(y, p[at], weight) for p in one.predictions]
            errors[number, fold] = _error(context, float(np.mean(scores)))
    return errors


def _error(context: Context, score: float) -> float:
    """What a score misses: 1 is the best of every metric of which more is better."""
    return 1.0 - score if context.metric.is_higher_better else score


def _score(context: Context, error: float) -> float:
    return 1.0 - error if context.metric.is_higher_better else max(error, 0.0)


def _figure(context: Context, curve: Curve) -> Lines:
    at = np.geomspace(curve.n_rows[0], MORE * curve.n_rows[-1], 24)
    fitted, low, high = curve.at(at)
    to_score = np.vectorize(lambda error: _score(context, float(error)))
    ends = np.sort([to_score(low), to_score(high)], axis=0)
    return Lines(
        title="Learning curve",
        caption="The same network on an eighth, a quarter, half and all of the training rows, and the mean of three "
        "ways in which its errors may go on; the band is a 95% interval over these, rows and seeds.",
        lines=(
            Line(name="measured", x=tuple(map(float, curve.n_rows)), y=tuple(map(float, to_score(curve.errors)))),
            Line(
                name="continued", x=tuple(map(float, at)), y=tuple(map(float, to_score(fitted))),
                low=tuple(map(float, ends[0])), high=tuple(map(float, ends[1])), dashed=True,
            ),
        ),
        x_label="training rows",
        y_label=context.metric.label,
        log_x=True,
        marks=(Reference(value=float(curve.n_rows[-1]), label="now"),),
    )  # fmt: skip
