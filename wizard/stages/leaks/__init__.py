"""Where a target may hide in the inputs themselves: one file a modality.

Each file has `hidden(context)`, a list of Leak; what it looked at (`LOOKED_AT`, in words) stands in the page where
nothing was found. Only training rows are read.
"""
