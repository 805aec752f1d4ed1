output "definition" {
  description = "Name of the SSM parameter whose value starts a job."
  value       = aws_ssm_parameter.definition.name
}

output "role_arn" {
  description = "ARN of the role of the jobs."
  value       = aws_iam_role.this.arn
}

output "security_group_id" {
  description = "Id of the security group of the jobs."
  value       = aws_security_group.this.id
}

output "request" {
  description = "The request that starts a job at a time, for EventBridge Scheduler, which makes up the end of its name."

  # jsonencode writes < and > in another way, in which Scheduler would not know its own keyword.
  value = replace(
    jsonencode(merge(
      jsondecode(local.definition),
      { TrainingJobName = "${var.name}-<aws.scheduler.execution-id>" },
      # Each job has its own: SageMaker restores what it finds, and the last job has finished there.
      {
        for key, value in jsondecode(local.definition) :
        key => merge(value, { S3Uri = "${value.S3Uri}${var.name}-<aws.scheduler.execution-id>/" }) if key == "CheckpointConfig"
      },
    )),
    "\\u003caws.scheduler.execution-id\\u003e",
    "<aws.scheduler.execution-id>",
  )

  depends_on = [aws_ssm_parameter.definition]
}

output "tuning" {
  description = "Name of the SSM parameter whose value starts a search for hyper-parameters; null without one."
  value       = one(values(aws_ssm_parameter.tuning)[*].name)
}
