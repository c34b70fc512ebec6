"""How it is trained: the one fit, and what is measured around it."""
