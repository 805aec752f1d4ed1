"""Least privilege, proven: the planned policies evaluated as AWS evaluates them."""
