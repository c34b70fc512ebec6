"""The doors: a file for every kind of data that can come in."""
