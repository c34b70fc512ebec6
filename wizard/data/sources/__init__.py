"""One door a file: what users bring, opened as a Dataset."""
