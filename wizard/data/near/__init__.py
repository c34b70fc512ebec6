"""Near copies: what a person would call the same, one file a modality."""
