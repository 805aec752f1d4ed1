"""The code of the loop's steps, as it runs in AWS Lambda: Python's own library and boto3, nothing else.

`retrain` and `deploy` are the handlers; what they decide stands in functions that ask nobody.
"""
