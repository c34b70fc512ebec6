"""How inputs of a modality are made smaller, and how small a network for them can be: one file a modality.

Each file has `WHAT`, the kind of size ("resolution"); `rungs(context, sample)`, the inputs at the full size, 1/2, 1/4
and 1/8 of it as `Rung`s, full size first, all with the same features and probe, so that only the size differs; and
`smallest_net(context)`, the parameters of the smallest network that makes sense, and what it is, in words.

Where the default preprocessing cuts inputs off it also has `truncation(context, sample)`: a `Truncation`, or None where
nothing is cut.
"""
