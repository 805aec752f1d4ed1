"""What is done with a system that stands, through boto3: nothing here changes an account unasked."""
