"""Words everybody uses: one value or piece of plumbing a file. Imports nothing from the other floors."""
