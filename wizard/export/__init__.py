"""What is handed over: the predictor and what explains it."""
