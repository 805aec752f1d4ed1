"""The passes, one file each: pure functions from a plan to a fuller one."""
