"""What more examples would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.blocks import Line, Lines, Reference
from wizard.models.family import multiple
from wizard.stages.context import Context, Judged
from wizard.stages.regularize.experiment import incumbent, standing
from wizard.stages.step import Outcome, no_time, noted, step
from wizard.stages.words import count

SHARES = (0.5, 0.25, 0.125)  # of the training rows, in the order that they are trained
LONGER = 2  # times the epochs, at most, on fewer rows: half of the rows then get as many steps
TIME_SHARE = 0.25  # of the stage's time left that it may take: what follows is what makes the network better
FEWEST = 24  # training rows: on fewer a network learns nothing that a curve could be read from
DRAWS = 300  # of the bootstrap: each fits a curve, and the ends of a 95% interval rest on 7 of them
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
        fitted = power_law(self.n_rows, self.errors, n_rows)
        all_draws = np.stack([power_law(self.n_rows, draw, n_rows) for draw in self.draws])
        low, high = np.quantile(all_draws, [0.025, 0.975], axis=0)
        return fitted, np.minimum(low, fitted), np.maximum(high, fitted)


def power_law(n: np.ndarray, errors: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Fits a + b n^-c with a, b >= 0 by least squares, and returns it at other numbers of rows."""
    best, found = np.inf, np.full(len(at), errors.mean())
    scale = n.max()
    for exponent in EXPONENTS:
        x = (n / scale) ** -exponent
        slope = max(np.cov(x, errors, bias=True)[0, 1] / x.var(), 0.0)
        floor = errors.mean() - slope * x.mean()
        if floor < 0:
            floor, slope = 0.0, max((x @ errors) / (x @ x), 0.0)
        residual = ((floor + slope * x - errors) ** 2).sum()
        if residual < best - 1e-15:
            best, found = residual, floor + slope * (at / scale) ** -exponent
    return found


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
    if not context.pacing.allows("more_data", len(shares) * base.seconds / 2 / TIME_SHARE):
        return no_time()
    for share in shares:
        n_rows = round(share * n_all)
        if n_rows < FEWEST:
            break
        look = base.config.look_every
        epochs = multiple(base.config.epochs * min(1 / share, LONGER), look)
        part = context.judge(base.config.but(n_rows=n_rows, epochs=epochs), 1)
        if not part.failure:
            judged.append((n_rows, part))
    if len(judged) < 2:
        if n_all < 2 * FEWEST / SHARES[1]:
            return noted(f"{count(n_all, 'training row')} are too few to see how the error falls with them.")
        return noted("The training breaks down on fewer rows, so that no curve can be drawn through its errors.")
    curve = _curve(context, [*judged[::-1], (n_all, base)])
    ahead = np.array([n_all, MORE * n_all])
    now, then = curve.at(ahead)[0]
    gains = _gains(curve, ahead)
    gain, low, high = now - then, *gains
    metric = context.metric
    scale = 100.0 if metric.is_share else 1.0
    value = metric.words(_score(context, curve.errors[-1] - gain))
    ends = sorted(_score(context, curve.errors[-1] - end) for end in (low, high))
    band = f"{metric.words(ends[0])} to {metric.words(ends[1])}"
    return noted(
        f"Twice the training rows ({MORE * n_all:,.0f}) would bring {metric.label} from "
        f"{metric.words(_score(context, curve.errors[-1]))} to about {value} (95% interval {band}).",
        measured=scale * gain,
        expected=0.0,
        interval=(scale * min(low, gain), scale * max(high, gain)),
        unit=f"points of {metric.label}" if metric.is_share else f"lower {metric.label}",
        advice=_advice(low),
        blocks=(_figure(context, curve),),
        decides=standing(context, base.config),
    )


def _advice(low: float) -> str:
    if low > 0:
        return "Collect more examples if you can: nothing else here is as sure to help."
    return "More examples of the same kind may change nothing; different ones may."


def _gains(curve: Curve, ahead: np.ndarray) -> tuple[float, float]:
    """95% interval of what the curve falls by between two numbers of rows."""
    falls = np.array([-np.diff(power_law(curve.n_rows, draw, ahead))[0] for draw in curve.draws])
    low, high = np.quantile(falls, [0.025, 0.975])
    return float(low), float(high)


def _curve(context: Context, judged: list[tuple[int, Judged]]) -> Curve:
    """Errors at each number of rows; rows are resampled together, seeds vary as the full size's do, less with more."""
    rows = judged[-1][1].rows
    y, weight = context.y(rows), context.weight(rows)
    n_rows = np.array([n for n, _ in judged], "float64")

    def errors(w: np.ndarray | None) -> np.ndarray:
        scores = [np.mean([context.metric.score(y, p, w) for p in one.predictions]) for _, one in judged]
        return np.array([_error(context, float(score)) for score in scores])

    full = judged[-1][1].predictions
    spread = float(np.std([context.metric.score(y, p, weight) for p in full], ddof=1)) if len(full) > 1 else 0.0
    repeats = np.array([len(one.predictions) for _, one in judged])
    by_seed = spread * np.sqrt(n_rows[-1] / n_rows) / np.sqrt(repeats)
    random = context.random("more_data")
    draws = []
    for _ in range(DRAWS):
        times = np.bincount(random.integers(0, len(y), len(y)), minlength=len(y)).astype("float64")
        draws.append(errors(times if weight is None else weight * times) + by_seed * random.normal(size=len(n_rows)))
    return Curve(n_rows, errors(weight), np.array(draws))


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
        caption="The same network on an eighth, a quarter, half and all of the training rows, and a power law through "
        "its errors; the band is a 95% interval over rows and seeds.",
        lines=(
            Line(name="measured", x=tuple(map(float, curve.n_rows)), y=tuple(map(float, to_score(curve.errors)))),
            Line(
                name="power law", x=tuple(map(float, at)), y=tuple(map(float, to_score(fitted))),
                low=tuple(map(float, ends[0])), high=tuple(map(float, ends[1])), dashed=True,
            ),
        ),
        x_label="training rows",
        y_label=context.metric.label,
        log_x=True,
        marks=(Reference(value=float(curve.n_rows[-1]), label="now"),),
    )  # fmt: skip
