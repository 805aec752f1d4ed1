"""What the nodes of a training on EC2 run: jobs taken from a queue, the command run for each, its end written down.

Delivered as it stands with the code, and run by the image's own Python (3.9 or later) with nothing but its library and
the AWS CLI: no module here imports another of landform. On Batch, which has a queue of its own, `container` runs the
command, and has boto3; `carry` says for both what is brought before and sent after.

Whoever receives a job's message leads: it has the rank 0, keeps the message hidden while the job runs, and alone writes
the job's status. Of several nodes, one job at a time gathers those that are idle: its leader holds `forming.json`, they
sign up under its attempt, and once they are enough it writes down who has which rank. A leader that finds another one
forming gives its message back and signs up there. So nothing needs a lock, and no two jobs wait for each other's nodes.
"""
