"""What can be trained: families, and how they are built from a configuration."""
