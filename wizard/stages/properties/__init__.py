"""What is measured of raw examples beside what they show: one file a modality.

Each file has `incidental(context, rows)`, {property: (n, d) numbers} of what should not matter: how an example was
stored, sized, cut out or filled in, as far as a network could see its traces; and `described(context, rows)`,
{name: (n,) numbers} that say in words how examples look, to name what differs between two sets. Numbers may be NaN.
"""
