"""What often varies in inputs of a modality without telling of the label: one file a modality.

Each file has `as_they_came(context, rows)`, (n, d) features of the untouched inputs; `PROBES`, the probes that such
features are asked with, whose answers are averaged; and `found(context, rows)`, the `Nuisance`s of these inputs, each
with its values and with features that differ from the untouched ones by that nuisance only.
"""
