"""How raw examples of a modality are shown and measured for people: one file a modality.

Each file has `cards(context)`, a function that makes a gallery's item of a row; `distributions(context)`, blocks,
oddities and a sentence about the inputs; `odd(context)`, examples or columns that can be read but stand out, as
`wizard.stages.odd.Odd`; `coincidences(context)`, the rows that would have an exact copy by chance; `DO_COINCIDE`,
whether equal inputs may well be no slip; `SAME`, what two near copies are called ("the same picture"), or "" where a
table says more than a gallery; and `ADVICE`, what to do about odd distributions.

Where inputs can be changed without changing the label it also has `TRANSFORMATION`, how that is called ("a shift, turn
and zoom"); `VARIED`, the nuisances among it, as explore calls them; `transformed(prepared, tensors, strength, seed)`,
the network's inputs after it; and `shown(context, prepared, tensors, i)`, the fields of a gallery's item that show one
of them.
"""
