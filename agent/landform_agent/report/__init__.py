"""The report: one page that a person reads in a minute, drawn from what the state keeps."""
