"""Images, tables, text, series: raw examples to tensors, fitted on training rows only.

Each file has PREPARATION, a class with `fit(dataset, rows, settings)`, `form`, `key`, `encode(examples)`, and for the
predictor `raw_inputs()`, `apply(raw)` and `raw_batch(examples)`; `in_words(dataset)`, what the examples are; and
`usage(form)`, what a predictor takes.
"""
