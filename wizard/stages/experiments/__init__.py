"""Experiments on a compiled model and the tensors that it trains on; baseline's steps read their numbers."""
