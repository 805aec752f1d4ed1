output "name" {
  description = "The name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "The ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "trigger_arn" {
  description = "The ARN of the function, for what notifies it: known once that may."
  value       = aws_lambda_function.this.arn
  depends_on  = [aws_lambda_permission.bucket]
}

output "role_arn" {
  description = "The ARN of the function's role."
  value       = aws_iam_role.this.arn
}

output "security_group_id" {
  description = "The security group of the function's interfaces."
  value       = aws_security_group.this.id
}

output "url" {
  description = "The URL of the service, for signed requests; null where it has none. Behind an API, requests are signed for execute-api, and else for lambda."
  value = one(concat(
    [for url in aws_lambda_function_url.this : url.function_url],
    [for name, stage in aws_apigatewayv2_stage.this : try("https://${local.named[name].name}/", stage.invoke_url)],
  ))
  depends_on = [aws_apigatewayv2_route.this, aws_lambda_permission.api, aws_route53_record.this]
}

output "invoked" {
  description = "What callers of the API invoke: what the ARN ends with => the ARN. Empty where there is no API."
  value       = { for end in try(var.api.invoked, []) : end => "${aws_apigatewayv2_api.this["live"].execution_arn}/${end}" }
}

output "api_id" {
  description = "The id of the API, by which its metrics go; null where there is none."
  value       = one([for api in aws_apigatewayv2_api.this : api.id])
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}
