"""The drill: known faults are put into healthy data, and the wizard must catch each and name it.

For every faulty run there is its healthy twin, the same data without the fault; a detection counts only where the twin
does not say the same. Healthy runs of their own count false alarms. A fault counts only if a kill test shows that it
does harm: it lowers the honest test score over five seeds, or breaks a declared property exactly.

    pytest -m drill tests/drills              everything, prints the table; resumes where it was stopped
    pytest tests/drills                       a small sample, part of the plain run

`materials` are the healthy data, `data`, `labels` and `sets` the faults by group, `drill` runs a case, `table` counts.
"""
