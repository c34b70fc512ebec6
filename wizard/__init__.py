"""A guided walk of a data set through Karpathy's recipe for training neural networks."""
