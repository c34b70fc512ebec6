"""What comes in, as tensors: doors, data sets, tasks, splits and modalities."""
