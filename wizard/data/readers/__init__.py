"""New raw examples, read as those of a known data set: one file a modality."""
