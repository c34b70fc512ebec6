"""Model families: one file a family, found by file name."""
