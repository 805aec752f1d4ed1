"""The commands, one file each: `run(options)` does the work, prints, and returns the exit status."""
