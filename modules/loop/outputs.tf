output "machine_arns" {
  description = "ARNs of the state machines: retrain and deploy."
  value       = { for name, machine in aws_sfn_state_machine.this : name => machine.arn }
}

output "table" {
  description = "Name of the ledger."
  value       = aws_dynamodb_table.ledger.name
}

output "shift_parameter" {
  description = "Name of the parameter that says whether traffic shifts."
  value       = aws_ssm_parameter.shift.name
}
