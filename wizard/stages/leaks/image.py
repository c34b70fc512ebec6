"""Pictures whose label stands in a single spot."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.leak import Leak
from wizard.stages.probing import probe_sample, whole
from wizard.stages.telling import correlations, forest_out_of_fold, tree_out_of_fold, whole_told
from wizard.stages.views.image import small
from wizard.stages.words import share

LOOKED_AT = "no spot of the pictures tells the target alone"
TRIED = 4  # spots that go best with the labels
AS_GOOD = 0.95  # of what whole pictures tell
FAR = 0.6  # of the labels' variance
DROP = 0.5  # of what is told that goes when the spot goes


def hidden(context: Context) -> list[Leak]:
    """A stamp or mark: a spot that tells as much as whole pictures, which tell little without it."""
    best = whole_told(context)
    if best.share < FAR:
        return []
    sample, x = probe_sample(context), whole(context)
    height, width, channels = small(context, sample.rows[:1]).shape[1:]
    targets = np.eye(context.task.n_outputs)[sample.y] if context.task.is_exclusive else sample.y.reshape(len(x), -1)
    tells = correlations(x, targets).reshape(-1, channels).max(1)
    spots = np.argsort(-tells, kind="stable")[:TRIED]
    for spot in spots:
        of_spot = np.arange(x.shape[1]) // channels == spot
        alone = tree_out_of_fold(context, x[:, of_spot]).share
        if alone < max(AS_GOOD * best.share, FAR):
            continue
        row, column = divmod(int(spot), width)
        i, j = np.divmod(np.arange(x.shape[1]) // channels, width)
        without = forest_out_of_fold(context, x[:, (abs(i - row) > 1) | (abs(j - column) > 1)]).share
        if without <= (1 - DROP) * best.share:
            place = f"{share((row + 0.5) / height)} from the top, {share((column + 0.5) / width)} from the left"
            told, left = share(min(alone / best.share, 1.0)), share(max(without, 0.0) / best.share)
            sentence = (
                f"One spot of the pictures ({place}) tells {told} of what whole pictures tell of "
                f"{context.task.target!r}, and without it {left} is left"
            )
            return [Leak(sentence, "warned", "S05", measured=alone, unit="of the labels' variance")]
    return []
