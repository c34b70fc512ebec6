"""`wizard demo | run | predict | check | report`: the recipe from the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wizard import __version__
from wizard.core import interrupt
from wizard.core.errors import GateFailed, WizardError

DEMOS: dict[str, tuple[str, dict[str, Any]]] = {  # name: path in sample_data, and the Wizard's options
    "digits": ("digits", {}),
    "table": ("tumours/tumours.csv", {"target": "diagnosis"}),
    "text": ("docstrings/docstrings.csv", {"target": "library"}),
    "regression": ("diabetes/diabetes.csv", {"target": "progression"}),
    "series": ("rotor/rotor.csv", {"target": "fault", "modality": "series", "group": "run", "time": "ms"}),
}
DEMO_BUDGET = "3m"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns 0, 1 where a gate failed, 2 for a mistake in the call or the data, 130 after Ctrl-C."""
    try:
        with interrupt.one_clean_line():
            parsed = _parser().parse_args(arguments)
            parsed.command(parsed)
            if arguments is None:  # a process of its own, that only has to end
                interrupt.nothing_to_stop()
    except GateFailed as error:
        say(f"\n{error}")
        return 1
    except WizardError as error:
        print(f"wizard: {error}", file=sys.stderr)  # noqa: T201  errors go to stderr, everything else through say
        return 2
    except KeyboardInterrupt:
        if arguments is None:  # a process of its own: what libraries do at its end would only be in the way
            interrupt.end_at_once()
        say(f"\n{interrupt.GO_ON}")
        return interrupt.INTERRUPTED
    return 0


def say(text: str) -> None:
    """One line; what prints it is loaded here, so that Ctrl-C finds us ready as early as may be."""
    from wizard.core.progress import say as print_line

    print_line(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wizard", description="Walks a data set through the recipe.")
    parser.add_argument("--version", action="version", version=f"wizard {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    demo = commands.add_parser("demo", help="the recipe from end to end on a shipped data set")
    demo.add_argument("sample", nargs="?", default="digits", choices=DEMOS, help="which one (default: digits)")
    _common(demo, DEMO_BUDGET)
    demo.set_defaults(command=_demo)

    run = commands.add_parser("run", help="the recipe from end to end on your data")
    run.add_argument("path", help="CSV, TSV or Parquet file, or folder of pictures")
    run.add_argument("--target", help="column to predict (tables)")
    run.add_argument("--modality", help="image, table or series, where the data leave it open")
    run.add_argument("--task", help="classification or regression, where the labels leave it open")
    run.add_argument("--metric", help="what decides, instead of explore's choice")
    run.add_argument("--ignore", nargs="*", default=(), help="columns that are no inputs")
    run.add_argument("--group", help="column whose values stay on one side of the split; of series: make one series")
    run.add_argument("--time", help="column by which training comes before validation before test; of series: orders")
    run.add_argument("--seed", type=int, default=0, help="everything random derives from it (default: 0)")
    run.add_argument("--gates", default="raise", choices=("raise", "warn"), help="stop at a failed gate, or go on")
    run.add_argument("--workers", type=int, help="processes on this machine that search side by side (default: one)")
    _common(run, None)
    run.set_defaults(command=_run)

    predict = commands.add_parser("predict", help="predictions for a file or folder, by a run's predictor alone")
    predict.add_argument("run", help="the run folder, or its predictor folder")
    predict.add_argument("data", help="table like the known one, or folder of pictures or texts")
    predict.add_argument("--out", default="predictions.csv", help="CSV to write (default: predictions.csv)")
    predict.add_argument("--force", action="store_true", help="replace the CSV where it is there already")
    predict.set_defaults(command=_predict)

    check = commands.add_parser("check", help="judges the model and data of an ordinary Keras training script")
    check.add_argument("script", help="the script; it runs unchanged up to its fit, which is not trained")
    check.add_argument("arguments", nargs=argparse.REMAINDER, help="its own arguments")
    check.add_argument("--fit", type=int, default=1, metavar="N", help="judge its Nth fit (default: 1)")
    check.add_argument("--out", default="runs", help="folder of run folders (default: runs)")
    check.add_argument("--seed", type=int, default=0, help="of the experiments (default: 0)")
    check.set_defaults(command=_check)

    report = commands.add_parser("report", help="rebuilds the pages of a run folder without recomputing anything")
    report.add_argument("run", help="the run folder")
    report.set_defaults(command=_report)
    return parser


def _common(parser: argparse.ArgumentParser, budget: str | None) -> None:
    parser.add_argument("--out", default="runs", help="folder of run folders (default: runs)")
    parser.add_argument("--budget", default=budget, help='"10m", "90s", quick, standard or thorough')


def _demo(parsed: argparse.Namespace) -> None:
    from wizard.core.shipped import shipped
    from wizard.wizard import Wizard

    path, options = DEMOS[parsed.sample]
    _finish(Wizard(shipped("sample_data") / path, **options, budget=parsed.budget, out=parsed.out))


def _run(parsed: argparse.Namespace) -> None:
    from wizard.wizard import Wizard

    if parsed.workers:  # several processes may share a GPU
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    _finish(
        Wizard(
            parsed.path, parsed.target, modality=parsed.modality, task=parsed.task, metric=parsed.metric,
            ignore=parsed.ignore, group=parsed.group, time=parsed.time, seed=parsed.seed, gates=parsed.gates,
            budget=parsed.budget, out=parsed.out,
        ),
        parsed.workers,
    )  # fmt: skip


def _predict(parsed: argparse.Namespace) -> None:
    from wizard.export.predicting import predict_file

    out = Path(parsed.out)
    n = predict_file(Path(parsed.run), Path(parsed.data), out, may_replace=parsed.force)
    say(f"{n:,} predictions: {out.resolve()}")


def _check(parsed: argparse.Namespace) -> None:
    """Judges a script; raises GateFailed where a gate closed."""
    from wizard.training.capture import capture
    from wizard.wizard import Wizard

    path = Path(parsed.script)
    captured = capture(path, parsed.arguments, nth=parsed.fit)
    say(f"{captured.where}: fit was caught before it trained ({captured.how}, batches of {captured.batch})")
    wizard = Wizard(captured, out=Path(parsed.out), name=f"check {path.stem}", seed=parsed.seed, gates="warn")
    wizard.explore().baseline()
    closed = [(stage, one) for stage in ("explore", "baseline") for one in wizard.results[stage].failed_gates]
    say(f"\nOpen {wizard.report.resolve()}")
    if closed:
        words = "; ".join(f"{stage}/{one.step}" for stage, one in closed)
        raise GateFailed(
            f"{path.name} does not pass: {words}.", tuple(one for _, one in closed), str(wizard.report),
        )  # fmt: skip
    say(f"{path.name} passes every gate.")


def _finish(wizard: object, workers: int | None = None) -> None:
    """Runs all stages, then says in five sentences what was found, and which page to open."""
    from wizard.wizard import Wizard

    assert isinstance(wizard, Wizard)
    wizard.run(workers)
    say("\nWhat was found")
    for stage in ("explore", "baseline", "overfit", "regularize", "ensemble"):
        say(f"  {wizard.results[stage].verdict}")
    say(f"\nOpen {wizard.report.resolve()}")


def _report(parsed: argparse.Namespace) -> None:
    from wizard.pages import rebuild_pages

    say(f"Open {rebuild_pages(Path(parsed.run)).resolve()}")


if __name__ == "__main__":
    sys.exit(main())
