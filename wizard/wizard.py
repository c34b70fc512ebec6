"""The fluent face: six stage methods, and what one does with their outcome. Delegates everything."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from wizard.core.budget import parse_budget
from wizard.core.clock import Clock
from wizard.core.decisions import Decisions
from wizard.core.errors import OptionError, StageOrderError, check_count, nearest
from wizard.core.finding import Finding
from wizard.core.gates import check_gates
from wizard.core.progress import say_result
from wizard.core.result import StageName, StageResult, decided_by
from wizard.core.store import folder_name
from wizard.data.corrections import with_task
from wizard.data.opening import Request, open_dataset
from wizard.data.task import check_task
from wizard.handed import Handed, check_export, deciding_scores, examples_of, handed, labelled_of, write_script
from wizard.joining import joined
from wizard.journey import Journey, announce, branched, check_order, keep, person, stages_before, use_sets
from wizard.pages import ShownResult, notebook_html, page_path, read_suspects, write_pages
from wizard.sharing import share_journey
from wizard.training.distribution import check_distribution
from wizard.training.roles import Team, end_with_chief, role_of, team_of
from wizard.training.watched import check_callbacks

GATES = ("raise", "warn")


class Wizard:
    """Walks a data set through the recipe: explore, baseline, overfit, regularize, tune, ensemble.

    Each stage is a method that returns the wizard, so that stages can be chained or called one a cell. Results are
    stored: calling the same again, also in a new process, recomputes nothing.
    """

    def __init__(
        self,
        dataset: Any,
        target: str | Sequence[str] | None = None,
        *,
        modality: str | None = None,
        task: str | None = None,
        metric: str | None = None,
        validation: Any = None,
        test: Any = None,
        group: Any = None,
        time: Any = None,
        weight: Any = None,
        ignore: tuple[str, ...] | list[str] = (),
        corrections: Any = None,
        model: Any = None,
        budget: str | float | None = None,
        seed: int = 0,
        deterministic: bool = True,
        gates: str = "raise",
        callbacks: tuple[Any, ...] | list[Any] = (),
        distribution: Any = None,
        out: str | os.PathLike[str] = "runs",
        name: str | None = None,
        version: str | None = None,
    ) -> None:
        """Opens the data and infers what is to be done; trains nothing.

        Args:
            dataset: `(x, y)` arrays, texts or series; a DataFrame, a dict of columns, a list of records; the path of a
                CSV, TSV, JSON-lines or Parquet file, or a list of them; a folder of class folders of pictures or texts,
                or of pictures with a labels CSV; a tf.data.Dataset, a PyDataset, "tfds:NAME", a TFDS builder, a
                Hugging Face Dataset; or {"train": …, "validation": …, "test": …} of any of these.
            target: Name of the column to predict (tables), or of several: targets, or labels that are 0 or 1.
            modality: "image", "table", "text" or "series", where the data leave it open.
            task: "classification", "multilabel" or "regression", where the labels leave it open.
            metric: What decides ("accuracy", "balanced_accuracy", "macro_f1", "pr_auc", "roc_auc", "log_loss"; of
                several labels "mean_average_precision", "label_f1" …; "rmse", "mae", "r2"); by default explore chooses
                one that is honest for these data.
            validation: A validation set of your own, taken as it is.
            test: A test set of your own, taken as it is and sealed.
            group: Column, or one value an example: examples of one group stay on one side of the split. For a table of
                series: the column whose equal values make one series.
            time: Column, or one value an example: training comes before validation before test. For a table of
                series: the column that orders the rows of a series.
            weight: Column, one positive number an example, or {class: number}, in losses and metrics.
            ignore: Columns that are no inputs.
            corrections: Labels put right: the CSV of suspects that explore wrote, its column `label` filled in (empty:
                as it is; "drop": leave the row out), or a DataFrame with columns `where` (or `row`) and `label`.
            model: A model of your own, judged by explore and baseline and trained by the later stages in place of ours:
                build(hp) as KerasTuner defines it, a HyperModel, or a compiled keras.Model; `dataset` is then what it
                is fitted to: (x, y) arrays or nests of them, a tf.data.Dataset, a PyDataset, or a DataFrame of numbers
                with `target`. What build(hp) declares is what may vary; loss, head and metrics stay.
            budget: Wall-clock time for the whole journey ("10m", "90s", seconds), or "quick", "standard" (default),
                "thorough": counts of trials, seeds and epochs, with the same result on every run.
            seed: Everything random derives from it.
            deterministic: Same seed, same bits, by TensorFlow's deterministic ops (for the whole process).
            gates: "raise" stops after a stage whose gate failed, "warn" says so and goes on.
            callbacks: Keras callbacks that every training run gets; or functions run -> callback, called for each run
                with its name, stage, config, seed and fold, so that each has a log folder of its own:
                callbacks=[lambda run: keras.callbacks.TensorBoard(f"logs/{run.name}")].
            distribution: A strategy of TensorFlow's for the devices of this machine, such as
                tf.distribute.MirroredStrategy(): every network of ours is trained under it, each batch shared out.
            out: Folder of run folders.
            name: Of the run folder; that of the data by default.
            version: A name for what a stream gives now: its examples are kept in the run folder, and a new process
                takes them from there instead of going through the stream again. Change it when the stream changes.

        Raises:
            OptionError: For an option's value that cannot be.
            DataError: For data that cannot be used (ColumnError for columns).
            UnsupportedTaskError: For tasks that the library does not do.
            NotAvailableError: For what this version does not do yet.
        """
        if (role := role_of(os.environ)).is_worker:
            end_with_chief()
        if gates not in GATES:
            raise OptionError(f"gates must be 'raise' or 'warn'. Received: {gates!r}.{nearest(gates, GATES)}")
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise OptionError(f"seed must be a whole number. Received: {seed!r}.")
        check_task(task)
        plan, callbacks = parse_budget(budget), check_callbacks(callbacks)
        check_distribution(distribution, has_own_model=model is not None or type(dataset).__name__ == "Captured")
        ignore = (ignore,) if isinstance(ignore, str) else tuple(ignore)
        targets = target if target is None or isinstance(target, str) else tuple(target)
        clock, given = Clock(), (targets, modality, task, validation, test, group, time, weight)
        request, own = Request(*given, ignore, name, version, Path(out)), None
        if model is not None or type(dataset).__name__ == "Captured":
            from wizard.own_pipeline import brought

            if corrections is not None:
                raise OptionError("With model=, put labels right in y itself: corrections= does not apply.")
            own, opened, task = brought(model, dataset, request, int(seed))
        else:
            opened = open_dataset(dataset, request)
        opened, inferred = with_task(opened, task, corrections)
        if metric is not None:
            from wizard.training.metrics import metric_for

            metric_for(metric, inferred)
        self.gates, self._role = gates, role
        self._results: dict[StageName, StageResult] = {}
        self._handed: Handed | None = None
        self._journey = Journey(
            opened, inferred, int(seed), plan, metric, Path(out) / folder_name(name or opened.name),
            bool(deterministic), callbacks, own.pipeline if own else None, own.key if own else "", clock=clock,
            own=own.own_model(opened, inferred, int(seed)) if own else None, distribution=distribution,
        )  # fmt: skip
        use_sets(self._journey)
        announce(self._journey)

    # ── the six stages ───────────────────────────────────────────────────────────────────────────
    def explore(self, examples: int = 300) -> Self:
        """Stage 1: become one with the data.

        Args:
            examples: How many examples the gallery shows.
        """
        if isinstance(examples, bool) or not isinstance(examples, int) or examples < 1:
            raise OptionError(f"examples must be a whole number of at least 1. Received: {examples!r}.")
        return self._stage("explore", {"examples": examples})

    def baseline(self, human: Any = None) -> Self:
        """Stage 2: an end-to-end skeleton you can trust, and dumb baselines.

        Args:
            human: What a person reaches: a score in the metric that decides, or the file that the stage's quiz
                (`2-baseline/quiz.html`) saved, or a list of such files, one an annotator.
        """
        # explore chooses the metric, and is asked for first where it has not run
        given = None if "explore" not in self._results else person(self._journey, self.decisions, human)
        return self._stage("baseline", {"human": given})

    def overfit(self, family: str | None = None) -> Self:
        """Stage 3: a model large enough to fit the training rows.

        Args:
            family: Name of a model family, instead of the plainest one for these inputs.
        """
        if family is not None:
            from wizard.models.family import check_family

            check_family(family, has_own_model=self._journey.own is not None)
        return self._stage("overfit", {"family": family})

    def regularize(self, only: Any = None, skip: Any = (), synthetic: Any = None) -> Self:
        """Stage 4: give up training accuracy for validation accuracy, one change at a time.

        Args:
            only: Names of the steps to run; the others are skipped.
            skip: Names of steps to skip.
            synthetic: Examples of your own to train on beside the training rows, never to judge by: (x, y) like the
                data, or a function (example, random) -> example that is called once for each training example, whose
                label stays: an augmentation of your own. Make examples of training rows only: ones that resemble rows
                that decide flatter the result, and a function takes care of that by itself.
        """
        from wizard.stages.regularize import left_out

        options: dict[str, Any] = {"skip": left_out(only, skip)}
        if synthetic is not None:
            options["synthetic"] = self._journey.use_synthetic(synthetic)
        return self._stage("regularize", options)

    def tune(self, trials: int | None = None, tuner: Any = "random", space: Any = None, workers: Any = None) -> Self:
        """Stage 5: search around the best configuration so far.

        Calling it again with more trials goes on where it was: the first ones are stored.

        Args:
            trials: How many, the starting point among them; by default as the budget says. With Hyperband: as many
                short ones as cost so much.
            tuner: "random"; "bayesian"; "hyperband", where a trial that goes on is trained again from its beginning and
                for longer; or an Oracle of KerasTuner's or your own, an instance (give it a seed) or a class.
            space: Ranges of your own, in place of ours or beside them: {"learning_rate": (1e-4, 1e-2, "log"), "batch":
                [32, 64], "width": [128, 256], "dropout": None}, where None leaves one as it is; or a function
                space(hp) that declares them in KerasTuner's language.
            workers: Processes on this machine that run trials side by side, each this very script again; by default
                this process alone.
        """
        from wizard.training.oracles import opened_tuner
        from wizard.training.own_space import idle_fields, read_space

        check_count("trials", trials)
        incumbent = self.decisions.incumbent
        own = self._journey.own
        if space is not None and incumbent is not None:
            names = incumbent.hp if own is None else [one.name for one in own.declared]
            dataset, task = self._journey.dataset, self._journey.task
            idle = idle_fields(task, dataset.modality, own is not None and own.has_own_step)
            space = read_space(space, names, own is not None, idle)
        given = {"trials": trials, "tuner": opened_tuner(tuner), "space": space}
        return self._stage("tune", given, team_of(workers, self._role))

    def ensemble(self, size: int | None = None, distill: bool = True) -> Self:
        """Stage 6: join the best networks, calibrate, open the test set once, write the predictor.

        Args:
            size: Most picks for the ensemble.
            distill: Whether one network is taught by the ensemble, to say what is lost with its shorter form.
        """
        if not isinstance(distill, bool):
            raise OptionError(f"distill must be True or False. Received: {distill!r}.")
        check_count("size", size)
        return self._stage("ensemble", {"size": size, "distill": distill})

    def run(self, workers: int | None = None) -> Self:
        """All six stages; `workers` as for tune."""
        team_of(workers, self._role)  # a mistake is said before the first stage, not before the fifth
        return self.explore().baseline().overfit().regularize().tune(workers=workers).ensemble()

    # ── what came of it ──────────────────────────────────────────────────────────────────────────
    @property
    def results(self) -> dict[StageName, StageResult]:
        """Results of the stages that ran, by name."""
        return {stage: ShownResult.model_construct(**dict(result)) for stage, result in self._results.items()}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of all stages that ran, in the order of the recipe."""
        return tuple(finding for result in self._results.values() for finding in result.findings)

    @property
    def decisions(self) -> Decisions:
        """What was decided so far."""
        return decided_by(self._results.values())

    @property
    def report(self) -> Path:
        """Path of the page that links all others."""
        return self._journey.folder / "index.html"

    @property
    def label_suspects(self) -> Any:
        """DataFrame of the examples whose label may be wrong, the most suspect first; `corrections=` takes it back."""
        if "explore" not in self._results:
            raise StageOrderError("label_suspects needs explore(). Call explore() first.")
        return read_suspects(self._journey.store, self._results["explore"])

    def share(self, path: str | os.PathLike[str], examples: bool = False) -> Path:
        """Writes one file of the whole journey, for a mail: all stages that ran, with nothing left to load.

        A page that is passed on must not give people's data away. Without `examples`, galleries, suspects, tables and
        figures that show single rows or the extremes of a column are left out, and names of files, values of cells and
        words of texts read "[left out]" where a sentence quotes them; the page says so. Statistics stay, and so do the
        names of the data set, of classes and of columns, as nothing could be read without them.

        Args:
            path: Ending in ".html".
            examples: Whether raw examples are shown, to people who may see them.

        Raises:
            OptionError: For a path that is no such file.
            StageOrderError: Before explore().
        """
        return share_journey(path, self._results, self._journey.store, self._journey.dataset, examples)

    def eject(self, path: str | os.PathLike[str]) -> Path:
        """Writes the best single network so far as a plain Keras script that needs nothing of this library.

        Where that one cannot be written (see the README), it is the next best that can; a line says so.

        Beside it goes an .npz with the rows of each set, and with the data where no CSV of yours holds them as they
        are. The script trains from scratch and scores the validation rows; its network is not the ensemble.

        Args:
            path: Ending in ".py".

        Raises:
            NotAvailableError: For a network or data that no script can be written of; names what can.
        """
        return write_script(self._journey, self.decisions, self._results, Path(path))

    def copy(self, name: str) -> Wizard:
        """A second journey from here, in a folder of its own; results so far come along.

        Args:
            name: Of the new run folder, beside this one.
        """
        twin = object.__new__(Wizard)
        twin.gates, twin._role, twin._results, twin._handed = self.gates, self._role, dict(self._results), None
        twin._journey = branched(self._journey, name)
        return twin

    def predict(self, raw: Any) -> np.ndarray:
        """Predicts from raw input: (n,) names of classes, or numbers in the target's unit, (n,) or (n, m) of several.

        Where an example may have several labels, (n,) tuples of the names of those that are likelier than not.

        Args:
            raw: What the data set was made of, without labels: pictures (array, paths, folder), rows (DataFrame, dict
                of columns, CSV path), texts (str, list, Series, paths) or series (arrays, or a table like the known
                one). No example is dropped. With a model of your own: finished tensors, as it was trained on.
        """
        predictor = self._predictor()
        return predictor.named(predictor.answers(examples_of(self._journey, raw)))

    def predict_proba(self, raw: Any) -> np.ndarray:
        """Predicts probabilities (n, k) from raw input, classes in the order of `results[…].dataset.classes`."""
        if not self._journey.task.is_classification:
            raise OptionError("predict_proba() is for classification; for regression call predict().")
        return self._predictor().answers(examples_of(self._journey, raw))

    def evaluate(self, raw: Any = None, y: Any = None) -> dict[str, float]:
        """Scores the current best: on raw examples with labels, or, without arguments, on the rows that decided.

        Args:
            raw: Examples, as for `predict`; a table may hold the target's column.
            y: (n,) labels, where `raw` does not hold them.
        """
        if raw is None:
            return deciding_scores(self._journey, self.decisions, self._results)
        return self._predictor().scores(*labelled_of(self._journey, raw, y))

    def export(self, path: str | os.PathLike[str]) -> Path:
        """Writes the predictor as one .keras file; loads with `import wizard` beside Keras.

        Args:
            path: Ending in ".keras".
        """
        target = check_export(Path(path))
        return self._predictor().save(target)

    def __repr__(self) -> str:
        """One line."""
        done = ", ".join(self._results) or "no stage yet"
        return f"Wizard({self._journey.dataset.name!r}: {self._journey.task}; {done})"

    def _repr_html_(self) -> str:
        """For notebooks: the journey, and the last stage in plain words."""
        return notebook_html(self._journey.dataset.name, self._results, self._journey.folder)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────
    def _stage(self, stage: StageName, options: dict[str, Any], team: Team | None = None) -> Self:
        check_order(self._journey, stage, self._results)
        before = [self._results[earlier] for earlier in stages_before(stage)]
        for result in before:
            if self.gates == "raise":
                check_gates(result, page_path(self._journey.folder, result.stage), True)
        run = partial(joined, self._journey, self._role) if self._role.is_worker else self._journey.run
        result = run(stage, options, before, decided_by(before), team)
        keep(self._results, result)
        self._handed = None
        if not self._role.is_worker:
            with self._journey.beside_stages(), self._journey.store.locked():
                write_pages(self._journey.store, self._results)
        say_result(result, page := page_path(self._journey.folder, stage))
        check_gates(result, page, self.gates == "raise")
        return self

    def _predictor(self) -> Handed:
        if self._handed is None:
            self._handed = handed(self._journey, self.decisions, self._results)
        return self._handed
