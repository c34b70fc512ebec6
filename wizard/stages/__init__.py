"""The recipe: a folder a stage, a file a step."""
