"""Raw examples as features for classical probes, without a network or TensorFlow: one file a modality.

Each file has `features(context, rows)`: (n, d) float32 with at most `MOST` columns, finite, in the order of `rows`;
what a probe needs to see the whole example. `names(context)` tells the column (or the kind) behind each of them.
Statistics such as medians or word frequencies are taken from the probes' sample of training rows only.
"""

MOST = 1024  # features: a linear probe on as many takes a tenth of a second a fold
