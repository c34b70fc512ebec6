"""How it is shown: results to pages. Knows the core only."""
