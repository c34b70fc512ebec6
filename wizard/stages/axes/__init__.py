"""What single examples are measured by, one number each along every axis: one file a modality.

Each file has `axes(context, rows)`, the axes (`wizard.stages.axis.Axis`) with a value for each of the rows, in their
order; and `MOST`, the rows that may be measured in about a second.
"""
