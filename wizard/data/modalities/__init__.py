"""Images, tables, text, series: raw examples to tensors, fitted on training rows only."""
